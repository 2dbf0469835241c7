/* How well a camera saw a piece of ground: from ground sample distance to the chance that something
 * standing there would have been detected.
 *
 * A grade stands for a range of effective ground sample distances (metres a pixel), half an octave
 * wide: grade 1 up to 5 cm, 2 up to 7, 3 up to 10, 4 up to 14, 5 up to 20 ... 20 up to 36 m and all
 * beyond; 0: not known. A smaller grade is a better look. Effective: the ground sample distance
 * across the line of sight, made coarser where a steep look foreshortens an upright person.
 *
 * Detection: the target transfer probability function, P = r^E / (1 + r^E), E = 2.7 + 0.7 r, r = N
 * / N50, N = size / (2 gsd) cycles across the target, N50 = 0.75 for detection in two dimensions
 * (Driggers, Cox, Edwards: Introduction to Infrared and Electro-Optical Systems, 1999, chapter 10,
 * after J. Johnson, 1958). Sampling alone is counted: haze, blur, low contrast and vegetation make
 * it smaller, so it is an upper limit.
 *
 * Threads: pure. Memory: none.
 */
#ifndef VG_TERRAIN_GRADE_H
#define VG_TERRAIN_GRADE_H

enum {
    VG_GRADE_UNKNOWN = 0,
    VG_GRADE_BEST = 1,
    VG_GRADE_WORST = 20
};

/* By how much a steep look makes a person smaller: 1 / sqrt(visible area / area from the side) of a
 * box 1.7 m high and 0.3 m deep. sin_depression in [-1, 1], positive looking down. */
double vg_grade_foreshortening(double sin_depression);

/* gsd_m > 0, effective. */
int vg_grade_of_gsd(double gsd_m);
/* The same in one pass for a point ground_m away along the ground and up_m above the camera
 * (negative: below), where a pixel covers gsd_per_m for each metre of range. */
int vg_grade_at(double ground_m, double up_m, double gsd_per_m);
/* The coarsest grade all of whose looks are at least so fine, to the hundredth; 0: none is. */
int vg_grade_within(double gsd_m);
/* The coarsest grade in which a target of this size is detected with even odds or better; 0: none.
 */
int vg_grade_detecting(double size_m);
/* The coarsest ground sample distance of a grade (m); NaN for VG_GRADE_UNKNOWN. */
double vg_grade_gsd_m(int grade);

/* Probability in [0, 1] that a target of this characteristic size (the square root of the area that
 * it shows) is detected. */
double vg_detect_probability(double size_m, double gsd_m);

#endif
