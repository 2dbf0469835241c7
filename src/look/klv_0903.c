/* ST 0903.5: moving targets (VMTI), a target (VTarget), and the sets within. */
#include "look/klv_rows.h"

static const struct vg_klv_word DETECTION[] = {
    {0, "Inactive"}, {1, "Active"}, {2, "Dropped"}, {3, "Stopped"}, {0, NULL}};

static const struct vg_klv_row VMTI[] = {
    PLAIN(1, UINT, 2, "checksum", "Checksum", ""),
    PLAIN(2, TIME, 8, "precision_time_stamp", "Precision Time Stamp", "us"),
    PLAIN(3, TEXT, 0, "vmti_system_name", "VMTI System Name", ""),
    PLAIN(4, UINT, 1, "vmti_ls_version_number", "VMTI LS Version Number", ""),
    PLAIN(5, UINT, 3, "total_number_of_targets_detected", "Total Number of Targets Detected", ""),
    PLAIN(6, UINT, 3, "number_of_targets_reported", "Number of Targets Reported", ""),
    PLAIN(7, UINT, 3, "frame_number", "Frame Number", ""),
    PLAIN(8, UINT, 3, "frame_width", "Frame Width", "px"),
    PLAIN(9, UINT, 3, "frame_height", "Frame Height", "px"),
    PLAIN(10, TEXT, 0, "vmti_source_sensor", "VMTI Source Sensor", ""),
    IMAP(11, 2, "vmti_horizontal_field_of_view", "VMTI Horizontal Field of View", "deg", 0, 180),
    IMAP(12, 2, "vmti_vertical_field_of_view", "VMTI Vertical Field of View", "deg", 0, 180),
    PACK(13, "miis_id", "MIIS ID", "", MIIS),
    PLAIN(101, TARGETS, 0, "vtarget_series", "VTarget Series", ""),
    SETS(102, SERIES, "algorithm_series", "Algorithm Series", vg_klv_algorithm),
    SETS(103, SERIES, "ontology_series", "Ontology Series", vg_klv_ontology),
};

static const struct vg_klv_row VTARGET[] = {
    PLAIN(1, UINT, 0, "target_centroid", "Target Centroid", "px"),
    PLAIN(2, UINT, 0, "boundary_top_left", "Boundary Top Left", "px"),
    PLAIN(3, UINT, 0, "boundary_bottom_right", "Boundary Bottom Right", "px"),
    PLAIN(4, UINT, 1, "target_priority", "Target Priority", ""),
    PLAIN(5, UINT, 1, "target_confidence_level", "Target Confidence Level", "%"),
    PLAIN(6, UINT, 2, "target_history", "Target History", ""),
    PLAIN(7, UINT, 1, "percentage_of_target_pixels", "Percentage of Target Pixels", "%"),
    PLAIN(8, UINT, 3, "target_color", "Target Color", ""),
    PLAIN(9, UINT, 3, "target_intensity", "Target Intensity", ""),
    IMAP(10, 3, "target_location_offset_latitude", "Target Location Offset Latitude", "deg", -19.2,
         19.2),
    IMAP(11, 3, "target_location_offset_longitude", "Target Location Offset Longitude", "deg",
         -19.2, 19.2),
    IMAP(12, 2, "target_height_above_ellipsoid", "Target Height Above Ellipsoid", "m", -900, 19000),
    IMAP(13, 3, "boundary_top_left_latitude_offset", "Boundary Top Left Latitude Offset", "deg",
         -19.2, 19.2),
    IMAP(14, 3, "boundary_top_left_longitude_offset", "Boundary Top Left Longitude Offset", "deg",
         -19.2, 19.2),
    IMAP(15, 3, "boundary_bottom_right_latitude_offset", "Boundary Bottom Right Latitude Offset",
         "deg", -19.2, 19.2),
    IMAP(16, 3, "boundary_bottom_right_longitude_offset", "Boundary Bottom Right Longitude Offset",
         "deg", -19.2, 19.2),
    PACK(17, "target_location", "Target Location", "", LOCATION),
    PACK(18, "target_boundary_series", "Target Boundary Series", "", LOCATIONS),
    PLAIN(19, UINT, 4, "centroid_pixel_row", "Centroid Pixel Row", "px"),
    PLAIN(20, UINT, 4, "centroid_pixel_column", "Centroid Pixel Column", "px"),
    PACK(21, "fpa_index_pack", "FPA Index Pack", "", FPA),
    PLAIN(22, UINT, 3, "algorithm_id", "Algorithm ID", ""),
    SETS(101, SET, "vmask", "VMask", vg_klv_vmask),
    SETS(102, SET, "vobject", "VObject", vg_klv_vobject),
    SETS(103, SET, "vfeature", "VFeature", vg_klv_vfeature),
    SETS(104, SET, "vtracker", "VTracker", vg_klv_vtracker),
    SETS(105, SET, "vchip", "VChip", vg_klv_vchip),
    SETS(106, SERIES, "vchip_series", "VChip Series", vg_klv_vchip),
    SETS(107, SERIES, "vobject_series", "VObject Series", vg_klv_vobject),
};

static const struct vg_klv_row VMASK[] = {
    PACK(1, "polygon", "Polygon", "px", UINTS),
    PACK(2, "bit_mask_series", "Bit Mask Series", "px", RUNS),
};

static const struct vg_klv_row VOBJECT[] = {
    PLAIN(1, TEXT, 0, "ontology", "Ontology", ""),
    PLAIN(2, TEXT, 0, "ontology_class", "Ontology Class", ""),
    PLAIN(3, UINT, 3, "ontology_id", "Ontology ID", ""),
    IMAP(4, 3, "confidence", "Confidence", "%", 0, 100),
};

static const struct vg_klv_row VFEATURE[] = {
    PLAIN(1, TEXT, 0, "schema", "Schema", ""),
    PLAIN(2, TEXT, 0, "schema_feature", "Schema Feature", ""),
};

static const struct vg_klv_row VTRACKER[] = {
    PACK(1, "track_id", "Track ID", "", UUID),
    WORDS(2, ENUM, "detection_status", "Detection Status", DETECTION),
    PLAIN(3, TIME, 8, "start_time", "Start Time", "us"),
    PLAIN(4, TIME, 8, "end_time", "End Time", "us"),
    PACK(5, "boundary_series", "Boundary Series", "", LOCATIONS),
    PLAIN(6, TEXT, 0, "algorithm", "Algorithm", ""),
    PLAIN(7, UINT, 1, "confidence_level", "Confidence Level", "%"),
    PLAIN(8, UINT, 2, "number_of_track_points", "Number of Track Points", ""),
    PACK(9, "track_history_series", "Track History Series", "", LOCATIONS),
    PACK(10, "velocity", "Velocity", "m/s", VELOCITY),
    PACK(11, "acceleration", "Acceleration", "m/s2", VELOCITY),
    PLAIN(12, UINT, 3, "algorithm_id", "Algorithm ID", ""),
};

static const struct vg_klv_row VCHIP[] = {
    PLAIN(1, TEXT, 0, "image_type", "Image Type", ""),
    PLAIN(2, TEXT, 0, "image_uri", "Image URI", ""),
    PLAIN(3, BYTES, 0, "embedded_image", "Embedded Image", ""),
};

static const struct vg_klv_row ALGORITHM[] = {
    PLAIN(1, UINT, 3, "algorithm_id", "Algorithm ID", ""),
    PLAIN(2, TEXT, 0, "algorithm_name", "Algorithm Name", ""),
    PLAIN(3, TEXT, 0, "algorithm_version", "Algorithm Version", ""),
    PLAIN(4, TEXT, 0, "algorithm_class", "Algorithm Class", ""),
    PLAIN(5, UINT, 3, "number_of_frames", "Number of Frames", ""),
};

static const struct vg_klv_row ONTOLOGY[] = {
    PLAIN(1, UINT, 3, "ontology_id", "Ontology ID", ""),
    PLAIN(2, UINT, 3, "parent_id", "Parent ID", ""),
    PLAIN(3, TEXT, 0, "ontology_iri", "Ontology IRI", ""),
    PLAIN(4, TEXT, 0, "entity_iri", "Entity IRI", ""),
    PLAIN(5, TEXT, 0, "version_iri", "Version IRI", ""),
    PLAIN(6, TEXT, 0, "label", "Label", ""),
};

const struct vg_klv_set *vg_klv_st0903(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VMTI local set",
                                          .ul = {0x060E2B34020B0101, 0x0E01030306000000},
                                          .has_checksum = true,
                                          .n_rows = sizeof VMTI / sizeof VMTI[0],
                                          .rows = VMTI};
    return &set;
}

const struct vg_klv_set *vg_klv_vtarget(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VTarget local set",
                                          .n_rows = sizeof VTARGET / sizeof VTARGET[0],
                                          .rows = VTARGET};
    return &set;
}

const struct vg_klv_set *vg_klv_vmask(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VMask local set",
                                          .n_rows = sizeof VMASK / sizeof VMASK[0],
                                          .rows = VMASK};
    return &set;
}

const struct vg_klv_set *vg_klv_vobject(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VObject local set",
                                          .n_rows = sizeof VOBJECT / sizeof VOBJECT[0],
                                          .rows = VOBJECT};
    return &set;
}

const struct vg_klv_set *vg_klv_vfeature(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VFeature local set",
                                          .n_rows = sizeof VFEATURE / sizeof VFEATURE[0],
                                          .rows = VFEATURE};
    return &set;
}

const struct vg_klv_set *vg_klv_vtracker(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VTracker local set",
                                          .n_rows = sizeof VTRACKER / sizeof VTRACKER[0],
                                          .rows = VTRACKER};
    return &set;
}

const struct vg_klv_set *vg_klv_vchip(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "VChip local set",
                                          .n_rows = sizeof VCHIP / sizeof VCHIP[0],
                                          .rows = VCHIP};
    return &set;
}

const struct vg_klv_set *vg_klv_algorithm(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "algorithm local set",
                                          .n_rows = sizeof ALGORITHM / sizeof ALGORITHM[0],
                                          .rows = ALGORITHM};
    return &set;
}

const struct vg_klv_set *vg_klv_ontology(void)
{
    static const struct vg_klv_set set = {.name = "ST 0903",
                                          .title = "ontology local set",
                                          .n_rows = sizeof ONTOLOGY / sizeof ONTOLOGY[0],
                                          .rows = ONTOLOGY};
    return &set;
}
