# libyaml in one place: `assay_yaml` is what its owner, base/yaml.cc, links. The
# archive, where there is one: a program that reads no YAML then loads nothing
# for it.
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-0.1)
add_library(assay_yaml INTERFACE)
target_include_directories(assay_yaml SYSTEM INTERFACE ${yaml_INCLUDE_DIRS})
assay_find_archives(assay_yaml_archive "${yaml_STATIC_LIBRARY_DIRS}" yaml)
if(assay_yaml_archive)
  target_link_libraries(assay_yaml INTERFACE ${assay_yaml_archive})
else()
  target_link_libraries(assay_yaml INTERFACE PkgConfig::yaml)
endif()
