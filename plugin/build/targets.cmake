# Every folder is one static library, every program one executable, every test
# file group one Catch2 executable, made by the three functions below.

function(assay_configure target)
  target_link_libraries(${target} PRIVATE assay_warnings assay_hardening)
  if(ASSAY_CLANG_TIDY)
    set_target_properties(${target} PROPERTIES
      CXX_CLANG_TIDY "${ASSAY_CLANG_TIDY_PROGRAM};--quiet")
  endif()
endfunction()

# assay_library(NAME SOURCES a.cc ... [DEPS public...] [PRIVATE_DEPS ...])
function(assay_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/plugin)
  target_link_libraries(${name} PUBLIC ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
  assay_configure(${name})
endfunction()

# assay_program(NAME SOURCES main.cc ... DEPS ...)
function(assay_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPS})
  target_link_options(${name} PRIVATE -pie LINKER:--gc-sections)
  assay_configure(${name})
endfunction()

# assay_static_runtime(NAME): links a program with the archives of the compiler's
# libraries. Only for one that loads no shared C++ library: two copies of
# libstdc++ in a process do not go together.
function(assay_static_runtime name)
  if(ASSAY_STATIC_RUNTIME AND ASSAY_GRPC_IS_STATIC AND NOT ASSAY_SANITIZE)
    target_link_options(${name} PRIVATE -static-libstdc++ -static-libgcc)
  endif()
endfunction()

# assay_test(NAME SOURCES a_test.cc ... DEPS ... [LABELS unit])
function(assay_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} assay_catch)
  target_precompile_headers(${name} REUSE_FROM assay_catch_precompiled)
  # Tests of one thing speak the same short names.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
  assay_configure(${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT 300)
endfunction()

# Coverage for libFuzzer must be compiled into what a target links, too.
# `fuzzers` builds every fuzz target and nothing that none of them needs.
if(ASSAY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_custom_target(fuzzers)
endif()

# assay_fuzz(NAME [BRIEF] SOURCES name.cc DEPS ...)
# SOURCES define LLVMFuzzerTestOneInput and abort where their property breaks.
# NAME_replay runs tests/fuzz/corpus/NAME and mutations of it in ctest, with
# any compiler. NAME is the libFuzzer program, built when ASSAY_FUZZ is on, and
# the test fuzz.NAME explores with it: see tests/fuzz/explore, also for BRIEF.
function(assay_fuzz name)
  cmake_parse_arguments(arg "BRIEF" "" "SOURCES;DEPS" ${ARGN})
  if(ASSAY_REPLAY)
    add_executable(${name}_replay ${arg_SOURCES}
      ${PROJECT_SOURCE_DIR}/tests/fuzz/replay_main.cc)
    target_include_directories(${name}_replay PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name}_replay PRIVATE ${arg_DEPS})
    assay_configure(${name}_replay)
    add_test(NAME ${name}_replay COMMAND ${name}_replay
      ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(${name}_replay PROPERTIES LABELS unit TIMEOUT 300)
  endif()
  if(ASSAY_FUZZ)
    add_executable(${name} ${arg_SOURCES})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${arg_DEPS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    assay_configure(${name})
    add_dependencies(fuzzers ${name})
    set(share 1)
    if(arg_BRIEF)
      set(share 6)
    endif()
    add_test(NAME fuzz.${name} COMMAND
      ${PROJECT_SOURCE_DIR}/tests/fuzz/explore $<TARGET_FILE:${name}> ${share})
    # It ends by itself. What takes long begins first.
    math(EXPR cost "1200 / ${share}")
    set_tests_properties(fuzz.${name} PROPERTIES
      LABELS fuzz TIMEOUT 86400 COST ${cost})
  endif()
endfunction()
