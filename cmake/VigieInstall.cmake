# cmake --install: the program, its data, and the terrain, metadata and track libraries with their public headers and pkg-config files.
include(GNUInstallDirs)
set(VG_HEADERS "${CMAKE_INSTALL_INCLUDEDIR}/vigie-${PROJECT_VERSION}")
install(TARGETS vigie RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(DIRECTORY build/share/ DESTINATION "${CMAKE_INSTALL_DATADIR}/vigie" OPTIONAL)
install(TARGETS vg_base vg_geo vg_terrain ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT terrain)
install(FILES include/vigie/terrain.h DESTINATION "${VG_HEADERS}/vigie" COMPONENT terrain)
install(FILES src/base/status.h src/base/lang.h DESTINATION "${VG_HEADERS}/base" COMPONENT terrain)
install(FILES src/terrain/geotiff.h src/terrain/grade.h src/terrain/lookout.h src/terrain/terrain.h
              src/terrain/viewshed.h
        DESTINATION "${VG_HEADERS}/terrain" COMPONENT terrain)
configure_file(cmake/vigie-terrain.pc.in "${CMAKE_BINARY_DIR}/vigie-terrain.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/vigie-terrain.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT terrain)
# The metadata library, in a component of its own.
install(TARGETS vg_base vg_look ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT klv)
install(FILES include/vigie/klv.h DESTINATION "${VG_HEADERS}/vigie" COMPONENT klv)
install(FILES src/base/bytes.h src/base/lang.h src/base/status.h src/base/text.h src/base/time.h src/base/units.h
        DESTINATION "${VG_HEADERS}/base" COMPONENT klv)
install(FILES src/look/klv.h src/look/klv_show.h src/look/klv_write.h DESTINATION "${VG_HEADERS}/look" COMPONENT klv)
configure_file(cmake/vigie-klv.pc.in "${CMAKE_BINARY_DIR}/vigie-klv.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/vigie-klv.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT klv)
# The detection, in one too.
install(TARGETS vg_base vg_look ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT look)
install(FILES include/vigie/look.h DESTINATION "${VG_HEADERS}/vigie" COMPONENT look)
install(FILES src/base/status.h src/base/lang.h DESTINATION "${VG_HEADERS}/base" COMPONENT look)
install(FILES src/look/motion.h DESTINATION "${VG_HEADERS}/look" COMPONENT look)
configure_file(cmake/vigie-look.pc.in "${CMAKE_BINARY_DIR}/vigie-look.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/vigie-look.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT look)
# The tracker, in one of its own.
install(TARGETS vg_base vg_track ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT track)
install(FILES include/vigie/track.h DESTINATION "${VG_HEADERS}/vigie" COMPONENT track)
install(FILES src/base/status.h src/base/lang.h DESTINATION "${VG_HEADERS}/base" COMPONENT track)
install(FILES src/track/track.h src/track/params.h DESTINATION "${VG_HEADERS}/track" COMPONENT track)
configure_file(cmake/vigie-track.pc.in "${CMAKE_BINARY_DIR}/vigie-track.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/vigie-track.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig" COMPONENT track)
