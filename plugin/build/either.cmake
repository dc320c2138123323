# OpenSSL, libsodium and zlib: `assay_ssl`, `assay_crypto`, `assay_sodium` and
# `assay_z` are the system's shared libraries, which its updates replace in
# place, but archives in a program that assay_own_libraries() is said of.
# See docs/decisions/011-what-is-linked-statically.md.
set(assay_either_archives "")
if(ASSAY_STATIC_CRYPTO AND NOT ASSAY_SANITIZE)
  assay_find_archives(assay_either_archives "" ssl crypto sodium z zstd)
endif()

# Debian 13 builds libcrypto with what may compress certificates.
pkg_check_modules(libcrypto QUIET libcrypto)
set(assay_crypto_needs ${CMAKE_DL_LIBS} Threads::Threads)
if("z" IN_LIST libcrypto_STATIC_LIBRARIES)
  list(APPEND assay_crypto_needs assay_z)
endif()
if("zstd" IN_LIST libcrypto_STATIC_LIBRARIES)
  list(APPEND assay_crypto_needs ${ASSAY_ARCHIVE_zstd})
endif()

# assay_either(NAME SHARED [what the archive NEEDS ...])
function(assay_either name shared)
  add_library(assay_${name} INTERFACE)
  if(NOT assay_either_archives)
    target_link_libraries(assay_${name} INTERFACE ${shared})
    return()
  endif()
  # A target, so that CMake puts what it needs behind it.
  add_library(assay_${name}_archive STATIC IMPORTED)
  set_target_properties(assay_${name}_archive PROPERTIES
    IMPORTED_LOCATION ${ASSAY_ARCHIVE_${name}}
    INTERFACE_LINK_LIBRARIES "${ARGN}")
  target_include_directories(assay_${name} SYSTEM INTERFACE
    $<TARGET_PROPERTY:${shared},INTERFACE_INCLUDE_DIRECTORIES>)
  # The property is read from the program that is linked.
  set(own $<BOOL:$<TARGET_PROPERTY:ASSAY_OWN_LIBRARIES>>)
  target_link_libraries(assay_${name} INTERFACE
    $<IF:${own},assay_${name}_archive,${shared}>)
endfunction()

assay_either(crypto OpenSSL::Crypto ${assay_crypto_needs})
assay_either(ssl OpenSSL::SSL assay_crypto)
assay_either(sodium PkgConfig::sodium Threads::Threads)
assay_either(z ZLIB::ZLIB)

# assay_own_libraries(NAME): links a program with the archives.
function(assay_own_libraries name)
  set_target_properties(${name} PROPERTIES ASSAY_OWN_LIBRARIES ON)
endfunction()
