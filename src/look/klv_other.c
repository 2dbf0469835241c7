/* Sets of other standards that ST 0601 carries: ST 0806 (remote video terminal) and ST 1602
 * (composite imaging) by name; of ST 1002, 1206 and 1601 the items are told apart and kept as
 * bytes. */
#include "look/klv_rows.h"

static const struct vg_klv_row RVT[] = {
    PLAIN(1, BYTES, 4, "crc_32", "CRC-32", ""),
    PLAIN(2, TIME, 8, "user_defined_time_stamp", "User Defined Time Stamp", "us"),
    PLAIN(3, UINT, 2, "platform_true_airspeed", "Platform True Airspeed", "m/s"),
    PLAIN(4, UINT, 2, "platform_indicated_airspeed", "Platform Indicated Airspeed", "m/s"),
    PLAIN(5, BYTES, 0, "telemetry_accuracy_indicator", "Telemetry Accuracy Indicator", ""),
    PLAIN(6, UINT, 2, "frag_circle_radius", "Frag Circle Radius", "m"),
    PLAIN(7, UINT, 4, "frame_code", "Frame Code", ""),
    PLAIN(8, UINT, 1, "uas_ls_version_number", "UAS LS Version Number", ""),
    PLAIN(9, UINT, 4, "video_data_rate", "Video Data Rate", "Hz"),
    PLAIN(10, TEXT, 0, "digital_video_file_format", "Digital Video File Format", ""),
    SETS(11, SET, "user_defined_local_set", "User Defined Local Set", vg_klv_unnamed),
    SETS(12, SET, "point_of_interest_local_set", "Point of Interest Local Set", vg_klv_unnamed),
    SETS(13, SET, "area_of_interest_local_set", "Area of Interest Local Set", vg_klv_unnamed),
    PLAIN(14, UINT, 1, "mgrs_zone", "MGRS Zone", ""),
    PLAIN(15, TEXT, 3, "mgrs_latitude_band_and_grid_square", "MGRS Latitude Band and Grid Square",
          ""),
    PLAIN(16, UINT, 3, "mgrs_easting", "MGRS Easting", "m"),
    PLAIN(17, UINT, 3, "mgrs_northing", "MGRS Northing", "m"),
    PLAIN(18, UINT, 1, "mgrs_zone_second_value", "MGRS Zone Second Value", ""),
    PLAIN(19, TEXT, 3, "mgrs_latitude_band_and_grid_square_second_value",
          "MGRS Latitude Band and Grid Square Second Value", ""),
    PLAIN(20, UINT, 3, "mgrs_easting_second_value", "MGRS Easting Second Value", "m"),
    PLAIN(21, UINT, 3, "mgrs_northing_second_value", "MGRS Northing Second Value", "m"),
};

static const struct vg_klv_row COMPOSITE[] = {
    PLAIN(1, TIME, 8, "precision_time_stamp", "Precision Time Stamp", "us"),
    PLAIN(2, UINT, 2, "document_version", "Document Version", ""),
    PLAIN(3, UINT, 2, "source_image_rows", "Source Image Rows", "px"),
    PLAIN(4, UINT, 2, "source_image_columns", "Source Image Columns", "px"),
    PLAIN(5, UINT, 2, "source_image_aoi_rows", "Source Image AOI Rows", "px"),
    PLAIN(6, UINT, 2, "source_image_aoi_columns", "Source Image AOI Columns", "px"),
    PLAIN(7, INT, 2, "source_image_aoi_position_x", "Source Image AOI Position X", "px"),
    PLAIN(8, INT, 2, "source_image_aoi_position_y", "Source Image AOI Position Y", "px"),
    PLAIN(9, UINT, 2, "sub_image_rows", "Sub-Image Rows", "px"),
    PLAIN(10, UINT, 2, "sub_image_columns", "Sub-Image Columns", "px"),
    PLAIN(11, INT, 2, "sub_image_position_x", "Sub-Image Position X", "px"),
    PLAIN(12, INT, 2, "sub_image_position_y", "Sub-Image Position Y", "px"),
    PLAIN(13, UINT, 2, "active_sub_image_rows", "Active Sub-Image Rows", "px"),
    PLAIN(14, UINT, 2, "active_sub_image_columns", "Active Sub-Image Columns", "px"),
    PLAIN(15, INT, 2, "active_sub_image_offset_x", "Active Sub-Image Offset X", "px"),
    PLAIN(16, INT, 2, "active_sub_image_offset_y", "Active Sub-Image Offset Y", "px"),
    PLAIN(17, UINT, 1, "transparency", "Transparency", ""),
    PLAIN(18, UINT, 1, "z_order", "Z-Order", ""),
};

const struct vg_klv_set *vg_klv_st0806(void)
{
    static const struct vg_klv_set set = {.name = "ST 0806",
                                          .title = "RVT local set",
                                          .n_rows = sizeof RVT / sizeof RVT[0],
                                          .rows = RVT};
    return &set;
}

const struct vg_klv_set *vg_klv_st1602(void)
{
    static const struct vg_klv_set set = {.name = "ST 1602",
                                          .title = "composite imaging local set",
                                          .n_rows = sizeof COMPOSITE / sizeof COMPOSITE[0],
                                          .rows = COMPOSITE};
    return &set;
}

const struct vg_klv_set *vg_klv_st1002(void)
{
    static const struct vg_klv_set set = {.name = "ST 1002", .title = "range image local set"};
    return &set;
}

const struct vg_klv_set *vg_klv_st1206(void)
{
    static const struct vg_klv_set set = {.name = "ST 1206",
                                          .title = "SAR motion imagery local set"};
    return &set;
}

const struct vg_klv_set *vg_klv_st1601(void)
{
    static const struct vg_klv_set set = {.name = "ST 1601", .title = "geo-registration local set"};
    return &set;
}

const struct vg_klv_set *vg_klv_unnamed(void)
{
    static const struct vg_klv_set set = {.name = "", .title = "local set"};
    return &set;
}
