# RE2 in one place: `assay_re2` is what its owner, base/text_pattern.cc, links.
#
# libre2.so is a C++ library: with it, a program that holds the archives of the
# compiler's libraries would load the shared ones as well. The archive stands
# behind the same option as they do. Newer RE2 wants parts of Abseil, which
# pkg-config names.

add_library(assay_re2 INTERFACE)
target_include_directories(assay_re2 SYSTEM INTERFACE ${re2_INCLUDE_DIRS})
set(assay_re2_archives "")
if(ASSAY_STATIC_RUNTIME)
  set(names ${re2_STATIC_LIBRARIES})
  list(REMOVE_DUPLICATES names)
  set(shared ${names})
  list(REMOVE_ITEM names ${assay_grpc_shared})
  list(REMOVE_ITEM shared ${names})
  assay_find_archives(assay_re2_archives "${re2_STATIC_LIBRARY_DIRS}" ${names})
endif()
if(assay_re2_archives)
  target_link_libraries(assay_re2 INTERFACE
    -Wl,--start-group ${assay_re2_archives} -Wl,--end-group ${shared}
    Threads::Threads)
else()
  target_link_libraries(assay_re2 INTERFACE PkgConfig::re2)
endif()
