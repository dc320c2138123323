# gRPC and protobuf in one place.
#
# `assay_grpc` is what programs link. All our gRPC runs over unix sockets, so
# the library without TLS is enough. Linked statically (ASSAY_STATIC_GRPC) a
# program that holds gRPC but does not use it starts in 1.6 ms, not 4.7 (6.5
# with the TLS library); where a static archive is missing we fall back to the
# shared libraries and say so.

find_package(Protobuf REQUIRED)
find_program(ASSAY_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

# One question: pkg-config takes most of a second over all of Abseil, and
# pkg_check_modules() asks nineteen.
if(NOT DEFINED ASSAY_GRPC_FLAGS)
  execute_process(
    COMMAND ${PKG_CONFIG_EXECUTABLE} --static --cflags --libs
            grpc++_unsecure protobuf
    OUTPUT_VARIABLE flags COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags NATIVE_COMMAND "${flags}")
  set(ASSAY_GRPC_FLAGS ${flags} CACHE INTERNAL "pkg-config's answer on gRPC")
endif()

# Sets `out` to what follows `prefix` in pkg-config's answer, each once.
function(assay_grpc_flags prefix out)
  set(values ${ASSAY_GRPC_FLAGS})
  list(FILTER values INCLUDE REGEX "^${prefix}")
  list(TRANSFORM values REPLACE "^${prefix}" "")
  list(REMOVE_DUPLICATES values)
  set(${out} ${values} PARENT_SCOPE)
endfunction()
assay_grpc_flags(-I assay_grpc_includes)
assay_grpc_flags(-L assay_grpc_folders)
assay_grpc_flags(-l assay_grpc_names)

# What libgrpc_unsecure.a needs, but its .pc file does not name; with RE2 what
# that needs, for an archive that two groups name is linked with the last.
set(assay_grpc_unnamed re2 ${re2_STATIC_LIBRARIES} upb cares address_sorting)
list(REMOVE_DUPLICATES assay_grpc_unnamed)
# What stays shared: the system's own, patched through its packages.
set(assay_grpc_shared z ssl crypto dl pthread rt m atomic)

# Sets `out` to archives and system libraries, or to "" when one is missing.
function(assay_find_static_grpc out)
  set(names ${assay_grpc_names} ${assay_grpc_unnamed})
  set(shared ${names})
  list(REMOVE_ITEM names ${assay_grpc_shared})
  list(REMOVE_ITEM shared ${names})
  assay_find_archives(archives "${assay_grpc_folders}" ${names})
  if(archives)
    set(archives -Wl,--start-group ${archives} -Wl,--end-group ${shared})
  endif()
  set(${out} ${archives} PARENT_SCOPE)
endfunction()

add_library(assay_grpc INTERFACE)
target_include_directories(assay_grpc SYSTEM INTERFACE
  ${assay_grpc_includes} ${Protobuf_INCLUDE_DIRS})
set(assay_grpc_libraries "")
if(ASSAY_STATIC_GRPC)
  assay_find_static_grpc(assay_grpc_libraries)
endif()
set(ASSAY_GRPC_IS_STATIC ${ASSAY_STATIC_GRPC})
if(NOT assay_grpc_libraries)
  set(ASSAY_GRPC_IS_STATIC OFF)
  set(assay_grpc_libraries ${assay_grpc_names})
  target_link_directories(assay_grpc INTERFACE ${assay_grpc_folders})
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
