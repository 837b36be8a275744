# find_package(arrayformat) gives arrayformat::arrayformat, the shared library, and, where liblz4, libzstd, libxxhash,
# simdjson and libcrypto can be found by pkg-config, arrayformat::static. find_package(arrayformat COMPONENTS static) insists on the latter.
include("${CMAKE_CURRENT_LIST_DIR}/arrayformatTargets.cmake")

find_package(PkgConfig QUIET)
find_package(Threads QUIET)
if(PKG_CONFIG_FOUND AND Threads_FOUND)
  pkg_check_modules(ARRAYFORMAT_DEPENDENCIES QUIET IMPORTED_TARGET liblz4 libzstd libxxhash simdjson libcrypto)
endif()
if(TARGET PkgConfig::ARRAYFORMAT_DEPENDENCIES)
  include("${CMAKE_CURRENT_LIST_DIR}/arrayformatStaticTargets.cmake")
  set(arrayformat_static_FOUND TRUE)
endif()

foreach(component IN LISTS arrayformat_FIND_COMPONENTS)
  if(NOT arrayformat_${component}_FOUND AND arrayformat_FIND_REQUIRED_${component})
    set(arrayformat_FOUND FALSE)
    set(arrayformat_NOT_FOUND_MESSAGE
        "arrayformat: component ${component} not found; static needs pkg-config, threads, liblz4, libzstd, libxxhash, simdjson and libcrypto")
  endif()
endforeach()
