"""Is the tracker's own word on its errors true? Coverage of its ellipses, reliability of its chances.

coverage(prefix, told): share of matched, visible truths inside the 95 % ellipse of their track (position).
reliability(prefix, all_tracks): by bins of p_exist, how many tracks in the observed region there are and how many fit a truth.
"""
import json
from collections import defaultdict
import numpy as np
from score import T_OBS, assign, inside, load

CHI2_95 = 5.991          # two degrees of freedom
BINS = [0, .1, .3, .5, .7, .9, .97, .99, 1.0001]
WIDEST = 15.0            # m: a wider track fits a truth or not by chance


def steps(prefix, tracks, c):
    """For each time: truths, which of them are visible, tracks, which are in the observed region."""
    truth, scans, out = load(prefix, tracks)
    for t in sorted(truth):
        polys = [q for a, q in scans if t - T_OBS < a <= t]
        X = np.array([r[1:3] for r in truth[t]])
        R = out.get(round(t, 3), [])
        Y = np.array([[r['x'], r['y']] for r in R]).reshape(-1, 2)
        vis, oin = np.zeros(len(X), bool), np.zeros(len(Y), bool)
        for q in polys:
            vis |= inside(q, X)
            oin |= inside(q, Y) if len(Y) else False
        yield X, vis, R, Y, oin


def coverage(prefix, told, c=20.0):
    n = held = 0
    for X, vis, R, Y, _ in steps(prefix, told, c):
        iv = np.nonzero(vis)[0]
        for a, b, _ in assign(X[iv], Y, c):
            k = R[b]['cov']
            e = X[iv[a]] - Y[b]
            held += e @ np.linalg.solve(np.array([[k[0], k[1]], [k[1], k[4]]]), e) <= CHI2_95
            n += 1
    return n, int(held)


def reliability(prefix, all_tracks, c=20.0):
    n, fit = np.zeros(len(BINS) - 1, int), np.zeros(len(BINS) - 1, int)
    told = np.zeros(len(BINS) - 1)
    for X, _, R, Y, oin in steps(prefix, all_tracks, c):
        got = {b for _, b, _ in assign(X, Y, c)}
        for j, r in enumerate(R):
            if oin[j] and r['state'] != 'ended' and r['cov'][0] + r['cov'][4] < 2 * WIDEST ** 2:
                k = int(np.searchsorted(BINS, r['p_exist'], 'right')) - 1
                n[k] += 1
                fit[k] += j in got
                told[k] += r['p_exist']
    return n, fit, told
