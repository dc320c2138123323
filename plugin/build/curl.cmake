# libcurl in one place: `assay_curl` is what its owner, io/registry, links.
#
# Distributions build libcurl for thirty protocols, and loading the libraries of
# those that we never speak costs more than a whole verification. Linked
# statically (ASSAY_STATIC_CURL), libcurl brings only what HTTP needs; see
# docs/decisions/011-what-is-linked-statically.md. OpenSSL stays shared. Where
# an archive is missing, or a libcurl wants more than curl_absent.cc knows of,
# we fall back to the shared library and say so.

find_package(CURL REQUIRED)
pkg_check_modules(libnghttp3 QUIET libnghttp3)

set(ASSAY_CURL_ABSENT ${PROJECT_SOURCE_DIR}/plugin/io/registry/curl_absent.cc)
# A transfer coding is the server's choice: zlib, brotli and zstd are reachable.
set(assay_curl_archives curl nghttp2 zstd brotlidec brotlicommon)
if(libnghttp3_FOUND)  # since libcurl 8.14 of Debian 13
  list(APPEND assay_curl_archives nghttp3)
endif()

# Sets `out` to whether a program links against libcurl.a and `libraries`.
function(assay_check_static_curl out)
  set(main ${PROJECT_BINARY_DIR}/CMakeFiles/assay_static_curl.cc)
  file(WRITE ${main} "#include <curl/curl.h>
    int main() { return curl_easy_perform(curl_easy_init()); }\n")
  try_compile(${out} ${PROJECT_BINARY_DIR}/CMakeFiles/assay_static_curl
    SOURCES ${main} ${ASSAY_CURL_ABSENT}
    LINK_LIBRARIES ${ARGN}
    CXX_STANDARD 20)
  if(NOT ${out})
    message(STATUS "libcurl.a needs what we do not give it, linking libcurl.so")
  endif()
  set(${out} ${${out}} PARENT_SCOPE)
endfunction()

add_library(assay_curl INTERFACE)
# What unpacks layers takes zstd from here, for one copy of it in a program.
add_library(assay_zstd INTERFACE)
set(assay_curl_libraries "")
if(ASSAY_STATIC_CURL)
  assay_find_archives(assay_curl_libraries "" ${assay_curl_archives})
endif()
if(assay_curl_libraries)
  assay_check_static_curl(ASSAY_STATIC_CURL_LINKS ${assay_curl_libraries}
    ZLIB::ZLIB OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
  list(APPEND assay_curl_libraries assay_z assay_ssl assay_crypto
    Threads::Threads)
endif()
if(assay_curl_libraries AND ASSAY_STATIC_CURL_LINKS)
  add_library(assay_curl_absent STATIC ${ASSAY_CURL_ABSENT})
  target_link_libraries(assay_curl_absent PRIVATE assay_hardening)
  target_include_directories(assay_curl SYSTEM INTERFACE ${CURL_INCLUDE_DIRS})
  # A target, so that CMake puts what libcurl.a needs behind it: linkers that
  # drop what nothing needs yet (--as-needed) would miss zlib.
  list(POP_FRONT assay_curl_libraries archive)
  add_library(assay_libcurl_archive STATIC IMPORTED)
  set_target_properties(assay_libcurl_archive PROPERTIES
    IMPORTED_LOCATION ${archive}
    INTERFACE_LINK_LIBRARIES "assay_curl_absent;${assay_curl_libraries}")
  target_link_libraries(assay_curl INTERFACE assay_libcurl_archive)
  target_link_libraries(assay_zstd INTERFACE ${ASSAY_ARCHIVE_zstd})
else()
  target_link_libraries(assay_curl INTERFACE CURL::libcurl)
  target_link_libraries(assay_zstd INTERFACE PkgConfig::zstd)
endif()
