# Packs the page's files and writes the C table of them (see assets.h).
# cmake -DUI_DIR=... -DOUT_DIR=... -P embed.cmake
#
# The packed bytes come in through .incbin: a few megabytes as C numbers would take the compiler seconds and gigabytes.
file(MAKE_DIRECTORY "${OUT_DIR}")
file(GLOB_RECURSE names RELATIVE "${UI_DIR}" "${UI_DIR}/*")
list(FILTER names EXCLUDE REGEX "\\.map$|(^|/)\\.")
list(SORT names COMPARE STRING CASE SENSITIVE)

function(content_type name out)
    set(types
        "html|text/html@utf8" "js|text/javascript@utf8" "mjs|text/javascript@utf8"
        "css|text/css@utf8" "json|application/json" "svg|image/svg+xml" "png|image/png" "ico|image/x-icon"
        "woff2|font/woff2" "txt|text/plain@utf8" "webmanifest|application/manifest+json"
        "pbf|application/x-protobuf" "wasm|application/wasm" "geojson|application/geo+json")
    set(found "application/octet-stream")
    foreach(pair IN LISTS types)
        string(REGEX MATCH "^([^|]+)\\|(.+)$" _ "${pair}")
        if(name MATCHES "\\.${CMAKE_MATCH_1}$")
            string(REGEX MATCH "^([^|]+)\\|(.+)$" _ "${pair}")
            string(REPLACE "@utf8" "; charset=utf-8" found "${CMAKE_MATCH_2}") # no ";" inside a list
        endif()
    endforeach()
    set(${out} "${found}" PARENT_SCOPE)
endfunction()

set(blobs "")
set(rows "")
set(i 0)
foreach(name IN LISTS names)
    if(NOT name MATCHES "^[A-Za-z0-9._/-]+$")
        message(FATAL_ERROR "the page's file \"${name}\" has a name that cannot be served")
    endif()
    set(packed "${OUT_DIR}/${i}.gz")
    execute_process(COMMAND gzip -9 -n -c "${UI_DIR}/${name}" OUTPUT_FILE "${packed}" RESULT_VARIABLE rc)
    if(NOT rc EQUAL 0)
        message(FATAL_ERROR "gzip failed on ${name}")
    endif()
    file(SHA256 "${UI_DIR}/${name}" sha)
    string(SUBSTRING "${sha}" 0 32 sha)
    file(SIZE "${UI_DIR}/${name}" plain)
    file(SIZE "${packed}" size)
    content_type("${name}" type)
    string(APPEND blobs
        "__asm__(\".section .rodata\\n.balign 16\\n.globl vg_ui_${i}\\n.hidden vg_ui_${i}\\nvg_ui_${i}:\\n\"\n"
        "        \".incbin \\\"${packed}\\\"\\n.previous\\n\"); /* ${sha} */\n"
        "extern const uint8_t vg_ui_${i}[];\n")
    string(APPEND rows
        "    {\"/${name}\", \"${type}\", \"\\\"${sha}\\\"\", {vg_ui_${i}, ${size}}, ${plain}},\n")
    math(EXPR i "${i} + 1")
endforeach()

set(text "/* Written by src/serve/embed.cmake. */\n#include \"serve/assets.h\"\n\n${blobs}\n")
if(i GREATER 0)
    string(APPEND text "static const struct vg_asset list[] = {\n${rows}};\n"
        "static const struct vg_assets assets = {list, ${i}};\n")
else()
    string(APPEND text "static const struct vg_assets assets = {0};\n")
endif()
string(APPEND text "\nconst struct vg_assets *vg_assets_embedded(void)\n{\n    return &assets;\n}\n")
file(WRITE "${OUT_DIR}/assets_embedded.c" "${text}")
