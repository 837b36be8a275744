# What `cmake --install` puts where. (src/cli installs the af command itself.)
include(CMakePackageConfigHelpers)

install(DIRECTORY include/arrayformat DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md")
if(AF_BUILD_CLI)
  install(FILES docs/af.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

# The CMake package. The static library is exported by itself: only its users need the libraries inside it.
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/arrayformat)
install(TARGETS arrayformat EXPORT arrayformatTargets)
install(TARGETS arrayformat_static EXPORT arrayformatStaticTargets)
foreach(export arrayformatTargets arrayformatStaticTargets)
  install(EXPORT ${export} NAMESPACE arrayformat:: DESTINATION ${package_folder})
endforeach()
list(JOIN dependencies " " pc_dependencies)
configure_file(cmake/arrayformatConfig.cmake.in arrayformatConfig.cmake @ONLY)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/arrayformatConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/arrayformatConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/arrayformatConfigVersion.cmake
        DESTINATION ${package_folder})

# pkg-config finds the prefix from where the .pc file lies, unless the library's folder was given as an absolute path.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
else()
  file(RELATIVE_PATH prefix_from_pc_file ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  string(REGEX REPLACE "/$" "" pc_prefix "\${pcfiledir}/${prefix_from_pc_file}")
endif()
cmake_path(APPEND pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
configure_file(pkgconfig/arrayformat.pc.in arrayformat.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/arrayformat.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
