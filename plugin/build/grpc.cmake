# gRPC and protobuf in one place.
#
# `assay_grpc` is what programs link. All our gRPC runs over unix sockets, so
# the library without TLS is enough. Linked statically (ASSAY_STATIC_GRPC) a
# program that holds gRPC but does not use it starts in 1.6 ms, not 4.7 (6.5
# with the TLS library); where a static archive is missing we fall back to the
# shared libraries and say so.

find_package(Protobuf REQUIRED)
pkg_check_modules(grpc REQUIRED grpc++_unsecure)
pkg_check_modules(protobuf REQUIRED protobuf)
find_program(ASSAY_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# What libgrpc_unsecure.a needs, but its .pc file does not name.
set(assay_grpc_unnamed re2 upb cares address_sorting)
# What stays shared: the system's own, patched through its packages.
set(assay_grpc_shared z ssl crypto dl pthread rt m atomic)

# Sets `out` to archives and system libraries, or to "" when one is missing.
function(assay_find_static_grpc out)
  set(names ${grpc_STATIC_LIBRARIES} ${protobuf_STATIC_LIBRARIES} ${assay_grpc_unnamed})
  list(REMOVE_DUPLICATES names)
  set(archives)
  set(shared)
  foreach(name IN LISTS names)
    if(name IN_LIST assay_grpc_shared)
      list(APPEND shared ${name})
      continue()
    endif()
    find_library(ASSAY_ARCHIVE_${name} NAMES lib${name}.a
      HINTS ${grpc_STATIC_LIBRARY_DIRS})
    mark_as_advanced(ASSAY_ARCHIVE_${name})
    if(NOT ASSAY_ARCHIVE_${name})
      message(STATUS "gRPC: lib${name}.a is missing, linking it dynamically")
      set(${out} "" PARENT_SCOPE)
      return()
    endif()
    list(APPEND archives ${ASSAY_ARCHIVE_${name}})
  endforeach()
  set(${out} -Wl,--start-group ${archives} -Wl,--end-group ${shared} PARENT_SCOPE)
endfunction()

add_library(assay_grpc INTERFACE)
target_include_directories(assay_grpc SYSTEM INTERFACE
  ${grpc_INCLUDE_DIRS} ${Protobuf_INCLUDE_DIRS})
set(assay_grpc_libraries "")
if(ASSAY_STATIC_GRPC)
  assay_find_static_grpc(assay_grpc_libraries)
endif()
if(NOT assay_grpc_libraries)
  set(assay_grpc_libraries ${grpc_LINK_LIBRARIES} ${protobuf_LINK_LIBRARIES})
endif()
target_link_libraries(assay_grpc INTERFACE ${assay_grpc_libraries} Threads::Threads)

# assay_protos(NAME PROTOS a.proto ...): messages and gRPC stubs of .proto
# files under plugin/, as a static library that is included as
# "api/<folder>/<name>.pb.h". Generated code is not held to our warnings.
function(assay_protos name)
  cmake_parse_arguments(arg "" "" "PROTOS" ${ARGN})
  set(out ${PROJECT_BINARY_DIR}/protos)
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(proto IN LISTS arg_PROTOS)
    cmake_path(ABSOLUTE_PATH proto OUTPUT_VARIABLE path)
    cmake_path(RELATIVE_PATH path BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/plugin
      OUTPUT_VARIABLE relative)
    string(REGEX REPLACE "\\.proto$" "" stem ${relative})
    set(made ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      ${out}/${stem}.grpc.pb.cc ${out}/${stem}.grpc.pb.h)
    add_custom_command(
      OUTPUT ${made}
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR}/plugin
        --cpp_out=${out} --grpc_out=${out}
        --plugin=protoc-gen-grpc=${ASSAY_GRPC_CPP_PLUGIN} ${path}
      DEPENDS ${path}
      COMMENT "Generating ${stem}.pb.{h,cc} and its gRPC stubs"
      VERBATIM)
    # Reading gRPC's headers is nearly all the work, so stubs share it. The
    # messages cannot: their files repeat the names of each other's statics.
    set_source_files_properties(${out}/${stem}.grpc.pb.cc PROPERTIES
      UNITY_GROUP stubs)
    list(APPEND sources ${made})
  endforeach()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} SYSTEM PUBLIC ${out})
  target_compile_options(${name} PRIVATE -w)
  set_target_properties(${name} PROPERTIES
    UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  target_link_libraries(${name} PUBLIC assay_grpc PRIVATE assay_hardening)
endfunction()
