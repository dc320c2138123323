# assay_find_archives(OUT FOLDERS NAME...): sets OUT to the static archives
# lib<NAME>.a, or to "" when one is missing, and says which. FOLDERS are looked
# into before the system's.
function(assay_find_archives out folders)
  set(archives)
  foreach(name IN LISTS ARGN)
    find_library(ASSAY_ARCHIVE_${name} NAMES lib${name}.a HINTS ${folders})
    mark_as_advanced(ASSAY_ARCHIVE_${name})
    if(NOT ASSAY_ARCHIVE_${name})
      message(STATUS "lib${name}.a is missing: linking dynamically what needs it")
      set(${out} "" PARENT_SCOPE)
      return()
    endif()
    list(APPEND archives ${ASSAY_ARCHIVE_${name}})
  endforeach()
  set(${out} ${archives} PARENT_SCOPE)
endfunction()
