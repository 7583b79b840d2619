# VkFFT: a header, and glslang, with which it compiles its kernels while the program runs.
#   vkfft_folders    where its headers are found, to be included as SYSTEM
#   vkfft_libraries  what to link
# The header lies beside the system's own (1.2, Debian 12) or in a folder of its own (1.3: the rest of it beside it), and
# asks for glslang's by one of two names. Both do.
find_path(VKFFT_FOLDER vkFFT.h PATH_SUFFIXES vkFFT VkFFT
  DOC "Where vkFFT.h lies")
find_path(GLSLANG_FOLDER glslang/Include/glslang_c_interface.h
  DOC "Where glslang's headers lie")
if(NOT VKFFT_FOLDER OR NOT GLSLANG_FOLDER)
  message(FATAL_ERROR "VkFFT or glslang's headers are missing: install libvkfft-dev and glslang-dev")
endif()

# Later versions of glslang and SPIRV-Tools have fewer pieces: those that are there, in the order that a linker needs.
set(vkfft_libraries "")
foreach(name glslang MachineIndependent OSDependent GenericCodeGen OGLCompiler SPIRV SPIRV-Tools-opt SPIRV-Tools)
  find_library(${name}_LIBRARY ${name})
  mark_as_advanced(${name}_LIBRARY)
  if(${name}_LIBRARY)
    list(APPEND vkfft_libraries ${${name}_LIBRARY})
  elseif(name MATCHES "^(glslang|SPIRV)")
    message(FATAL_ERROR "The library ${name} is missing: install glslang-dev and spirv-tools")
  endif()
endforeach()
find_package(Threads REQUIRED)
list(APPEND vkfft_libraries Threads::Threads)

set(own ${CMAKE_CURRENT_BINARY_DIR}/vkfft)
file(WRITE ${own}/forward/glslang_c_interface.h "#include <glslang/Include/glslang_c_interface.h>\n")
set(vkfft_folders ${own}/forward ${VKFFT_FOLDER} ${GLSLANG_FOLDER})

set(probe "#define VKFFT_BACKEND 0\n#include <vkFFT.h>\n")
get_target_property(vulkan_folder Vulkan::Vulkan INTERFACE_INCLUDE_DIRECTORIES)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
try_compile(VKFFT_COMPILES_AS_IT_IS SOURCE_FROM_VAR probe.cpp probe
  CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${vkfft_folders};${vulkan_folder}" "-DCMAKE_CXX_FLAGS=-w"
  CXX_STANDARD 20)
if(NOT VKFFT_COMPILES_AS_IT_IS)
  # Debian 12: its VkFFT fills glslang's table of limits by position, and its glslang has nine limits of mesh shaders
  # more. A copy gets them, with the numbers that glslang itself takes.
  set(mark "/* .maxDualSourceDrawBuffersEXT = */ 1,")
  file(READ ${VKFFT_FOLDER}/vkFFT.h header)
  string(REPLACE "${mark}" "/* mesh shaders */ 256, 256, 128, 128, 128, 128, 128, 128, 4,\n${mark}" patched "${header}")
  file(WRITE ${own}/patched/vkFFT.h.new "${patched}")
  file(COPY_FILE ${own}/patched/vkFFT.h.new ${own}/patched/vkFFT.h ONLY_IF_DIFFERENT)
  file(REMOVE ${own}/patched/vkFFT.h.new)
  list(PREPEND vkfft_folders ${own}/patched)
  try_compile(VKFFT_COMPILES_PATCHED SOURCE_FROM_VAR probe.cpp probe
    CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${vkfft_folders};${vulkan_folder}" "-DCMAKE_CXX_FLAGS=-w"
    CXX_STANDARD 20)
  if(NOT VKFFT_COMPILES_PATCHED)
    message(FATAL_ERROR "VkFFT in ${VKFFT_FOLDER} does not compile with the glslang in ${GLSLANG_FOLDER}: \
their versions do not fit each other. VkFFT 1.3 or later fits any; -DVKFFT_FOLDER= says where it lies")
  endif()
endif()
unset(CMAKE_TRY_COMPILE_TARGET_TYPE)
