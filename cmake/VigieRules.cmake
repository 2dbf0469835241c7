# The rules every folder of src/ and tests/ is built with.
find_package(PkgConfig REQUIRED)

set(VG_WARNINGS
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wcast-align -Wcast-qual -Wundef -Wvla -Wswitch-enum -Wformat=2 -Wimplicit-fallthrough
    -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wwrite-strings)

add_library(vg_flags INTERFACE)
target_compile_options(vg_flags INTERFACE ${VG_WARNINGS} -fno-common -fvisibility=hidden -ffp-contract=off)
target_compile_definitions(vg_flags INTERFACE _GNU_SOURCE)
target_include_directories(vg_flags INTERFACE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/include")
target_link_libraries(vg_flags INTERFACE m)
if(VG_SANITIZE)
    target_compile_options(vg_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(vg_flags INTERFACE -fsanitize=address,undefined)
    target_compile_definitions(vg_flags INTERFACE VG_DEBUG=1)
endif()
if(VG_FUZZ) # the libraries too, or the fuzzer is blind to them
    target_compile_options(vg_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    target_compile_definitions(vg_flags INTERFACE VG_DEBUG=1)
endif()

# vg_library(base SOURCES a.c b.c LINK geo PKG jansson): static library vg_base.
# LINK names other folders of src/; PKG names pkg-config modules (system includes).
function(vg_library name)
    cmake_parse_arguments(A "" "" "SOURCES;LINK;PKG;PRIVATE_PKG" ${ARGN})
    add_library(vg_${name} STATIC ${A_SOURCES})
    target_link_libraries(vg_${name} PUBLIC vg_flags)
    foreach(dep IN LISTS A_LINK)
        target_link_libraries(vg_${name} PUBLIC vg_${dep})
    endforeach()
    foreach(mod IN LISTS A_PKG A_PRIVATE_PKG)
        vg_use_pkg(vg_${name} ${mod})
    endforeach()
endfunction()

# Link a pkg-config module with its headers as system includes.
function(vg_use_pkg target mod)
    string(MAKE_C_IDENTIFIER "${mod}" id)
    if(NOT TARGET PkgConfig::VGPKG_${id})
        pkg_check_modules(VGPKG_${id} REQUIRED IMPORTED_TARGET GLOBAL ${mod})
    endif()
    target_link_libraries(${target} PUBLIC PkgConfig::VGPKG_${id})
endfunction()

# vg_test(test_bytes SOURCES test_bytes.c LINK base): a cmocka program run by ctest, in the
# source root, so that tests name their data "tests/golden/..." and "examples/...".
function(vg_test name)
    cmake_parse_arguments(A "" "" "SOURCES;LINK;PKG;ARGS" ${ARGN})
    add_executable(${name} ${A_SOURCES})
    foreach(dep IN LISTS A_LINK)
        target_link_libraries(${name} PRIVATE vg_${dep})
    endforeach()
    target_link_libraries(${name} PRIVATE vg_flags)
    vg_use_pkg(${name} cmocka)
    foreach(mod IN LISTS A_PKG)
        vg_use_pkg(${name} ${mod})
    endforeach()
    add_test(NAME ${name} COMMAND ${name} ${A_ARGS} WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()

# vg_fuzz(fuzz_mavframe SOURCES target.c LINK link CORPUS corpus): the corpus runs as an ordinary
# test; with VG_FUZZ the same target also becomes a libFuzzer binary <name>_live.
function(vg_fuzz name)
    cmake_parse_arguments(A "" "CORPUS" "SOURCES;LINK;PKG" ${ARGN})
    add_executable(${name} ${A_SOURCES} "${CMAKE_SOURCE_DIR}/tests/fuzz/driver.c")
    set(targets ${name})
    if(VG_FUZZ)
        add_executable(${name}_live ${A_SOURCES})
        target_compile_options(${name}_live PRIVATE -fsanitize=fuzzer)
        target_link_options(${name}_live PRIVATE -fsanitize=fuzzer)
        list(APPEND targets ${name}_live)
    endif()
    foreach(t IN LISTS targets)
        foreach(dep IN LISTS A_LINK)
            target_link_libraries(${t} PRIVATE vg_${dep})
        endforeach()
        target_link_libraries(${t} PRIVATE vg_flags)
        foreach(mod IN LISTS A_PKG)
            vg_use_pkg(${t} ${mod})
        endforeach()
    endforeach()
    add_test(NAME ${name} COMMAND ${name} "${CMAKE_CURRENT_SOURCE_DIR}/${A_CORPUS}"
             WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
endfunction()

# vg_bench(bench_link_mav SOURCES bench_mav.c LINK link): scripts/bench runs every bench_* it finds.
function(vg_bench name)
    cmake_parse_arguments(A "" "" "SOURCES;LINK;PKG" ${ARGN})
    add_executable(${name} ${A_SOURCES})
    foreach(dep IN LISTS A_LINK)
        target_link_libraries(${name} PRIVATE vg_${dep})
    endforeach()
    target_link_libraries(${name} PRIVATE vg_flags)
    foreach(mod IN LISTS A_PKG)
        vg_use_pkg(${name} ${mod})
    endforeach()
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
endfunction()

# Joins every src/<folder>/fr.def into one include for base/lang.c.
function(vg_french_table)
    file(GLOB parts CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/*/fr.def")
    set(out "${CMAKE_BINARY_DIR}/gen/fr_all.inc")
    set(text "")
    foreach(part IN LISTS parts)
        string(APPEND text "#include \"${part}\"\n")
    endforeach()
    file(CONFIGURE OUTPUT "${out}" CONTENT "${text}" @ONLY)
endfunction()
