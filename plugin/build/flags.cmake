# Warnings, hardening and sanitizers as two interface targets. Flags are
# probed, not listed by compiler: gcc and clang of different ages differ.
include(CheckCXXCompilerFlag)
include(CheckCXXSourceRuns)
include(CheckLinkerFlag)

add_library(assay_warnings INTERFACE)
add_library(assay_hardening INTERFACE)

function(assay_add_flags target)
  foreach(flag IN LISTS ARGN)
    string(MAKE_C_IDENTIFIER "HAVE${flag}" known)
    check_cxx_compiler_flag("${flag}" ${known})
    if(${known})
      target_compile_options(${target} INTERFACE "${flag}")
    endif()
  endforeach()
endfunction()

assay_add_flags(assay_warnings -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  -Wswitch-enum -Wundef -Wduplicated-cond -Wlogical-op -Wbidi-chars=any)
target_compile_options(assay_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast>
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<BOOL:${ASSAY_WERROR}>:-Werror>)
# Of a type with an unnamed part in a header; several sources read as one look
# like headers to it.
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(assay_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-subobject-linkage>)
endif()

assay_add_flags(assay_hardening -fstack-protector-strong
  -fstack-clash-protection -fcf-protection -ftrivial-auto-var-init=zero)
target_compile_definitions(assay_hardening INTERFACE _GLIBCXX_ASSERTIONS)
target_link_options(assay_hardening INTERFACE LINKER:-z,relro,-z,now,-z,noexecstack)

if(ASSAY_SANITIZE)
  add_compile_options(-fsanitize=${ASSAY_SANITIZE} -fno-sanitize-recover=all
                      -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${ASSAY_SANITIZE})
  # clang 14's assembler cannot place what it puts before functions for this
  # check where a source has several sections of code.
  check_cxx_compiler_flag(-fno-sanitize=function ASSAY_KNOWS_SANITIZE_FUNCTION)
  if(ASSAY_KNOWS_SANITIZE_FUNCTION)
    add_compile_options(-fno-sanitize=function)
  endif()
  # Some two hundred programs full of instrumentation, in a third of the time.
  check_linker_flag(CXX -fuse-ld=lld ASSAY_HAVE_LLD)
  if(ASSAY_HAVE_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
else()
  target_compile_options(assay_hardening INTERFACE
    $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE>
    $<$<NOT:$<CONFIG:Debug>>:-D_FORTIFY_SOURCE=3>)
  # Every library of ours ends in a program: calls between them need no table
  # (after CMake's own -fPIC, which the last one overrides), and what a program
  # does not use of them is left out of it.
  assay_add_flags(assay_hardening -fPIE -ffunction-sections -fdata-sections)
  # A list of relocations a hundredth as long, for a libc that reads it.
  set(CMAKE_REQUIRED_LINK_OPTIONS LINKER:-z,pack-relative-relocs,--fatal-warnings)
  check_cxx_source_runs("int main() {}" ASSAY_PACKED_RELOCATIONS)
  unset(CMAKE_REQUIRED_LINK_OPTIONS)
  if(ASSAY_PACKED_RELOCATIONS)
    target_link_options(assay_hardening INTERFACE LINKER:-z,pack-relative-relocs)
  endif()
endif()

if(ASSAY_CLANG_TIDY)
  find_program(ASSAY_CLANG_TIDY_PROGRAM NAMES clang-tidy REQUIRED)
endif()
