/* ST 0102.12: the security local set. */
#include "look/klv_rows.h"

static const struct vg_klv_word CLASSES[] = {{1, "Unclassified"}, {2, "Restricted"},
                                             {3, "Confidential"}, {4, "Secret"},
                                             {5, "Top Secret"},   {0, NULL}};

static const struct vg_klv_word CODING[] = {
    {1, "ISO-3166 Two Letter"},  {2, "ISO-3166 Three Letter"},
    {3, "FIPS 10-4 Two Letter"}, {4, "FIPS 10-4 Four Letter"},
    {5, "ISO-3166 Numeric"},     {6, "1059 Two Letter"},
    {7, "1059 Three Letter"},    {10, "FIPS 10-4 Mixed"},
    {11, "ISO-3166 Mixed"},      {12, "STANAG-1059 Mixed"},
    {13, "GENC Two Letter"},     {14, "GENC Three Letter"},
    {15, "GENC Numeric"},        {16, "GENC Mixed"},
    {64, "GENC AdminSub"},       {0, NULL}};

static const struct vg_klv_row ROWS[] = {
    WORDS(1, ENUM, "security_classification", "Security Classification", CLASSES),
    WORDS(2, ENUM, "country_coding_method", "Country Coding Method", CODING),
    PLAIN(3, TEXT, 0, "classifying_country", "Classifying Country", ""),
    PLAIN(4, TEXT, 0, "sci_shi_information", "SCI / SHI Information", ""),
    PLAIN(5, TEXT, 0, "caveats", "Caveats", ""),
    PLAIN(6, TEXT, 0, "releasing_instructions", "Releasing Instructions", ""),
    PLAIN(7, TEXT, 0, "classified_by", "Classified By", ""),
    PLAIN(8, TEXT, 0, "derived_from", "Derived From", ""),
    PLAIN(9, TEXT, 0, "classification_reason", "Classification Reason", ""),
    PLAIN(10, TEXT, 8, "declassification_date", "Declassification Date", ""),
    PLAIN(11, TEXT, 0, "classification_and_marking_system", "Classification and Marking System",
          ""),
    WORDS(12, ENUM, "object_country_coding_method", "Object Country Coding Method", CODING),
    PLAIN(13, TEXT, 0, "object_country_codes", "Object Country Codes", ""),
    PLAIN(14, TEXT, 0, "classification_comments", "Classification Comments", ""),
    PLAIN(15, BYTES, 0, "umid_video", "UMID Video", ""),
    PLAIN(16, BYTES, 0, "umid_audio", "UMID Audio", ""),
    PLAIN(17, BYTES, 0, "umid_data", "UMID Data", ""),
    PLAIN(18, BYTES, 0, "umid_system", "UMID System", ""),
    PLAIN(19, UINT, 1, "stream_id", "Stream ID", ""),
    PLAIN(20, UINT, 2, "transport_stream_id", "Transport Stream ID", ""),
    PLAIN(21, BYTES, 16, "item_designator_id", "Item Designator ID", ""),
    PLAIN(22, UINT, 2, "version", "Version", ""),
    PLAIN(23, TEXT, 10, "country_coding_method_version_date", "Country Coding Method Version Date",
          ""),
    PLAIN(24, TEXT, 10, "object_country_coding_method_version_date",
          "Object Country Coding Method Version Date", ""),
};

const struct vg_klv_set *vg_klv_st0102(void)
{
    static const struct vg_klv_set set = {.name = "ST 0102",
                                          .title = "security local set",
                                          .ul = {0x060E2B3402030101, 0x0E01030302000000},
                                          .n_rows = sizeof ROWS / sizeof ROWS[0],
                                          .rows = ROWS};
    return &set;
}

const struct vg_klv_word *vg_klv_country_codings(void)
{
    return CODING;
}
