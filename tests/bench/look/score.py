#!/usr/bin/python3
"""Score moving-target detections.  usage: score.py GT DET [FPS]
DET lines: frame,track_id,x,y,w,h,score (track_id -1 = none).  One-to-one matching per frame, smallest distance first;
match if centre distance <= max(5 px, half the longer box side).  GT with score 0 (stopped, hidden, at the border) is
ignored: neither a miss nor a false alarm.  Frames before 1 s are not scored."""
import sys, collections, numpy as np


def load(p, n):
    d = collections.defaultdict(list)
    for l in open(p):
        if l[0] != '#':
            v = [float(q) for q in l.split(',')]
            d[int(v[0])].append(v[1:])
    return d


def score(gtp, detp, fps=25.0, first=None, last=None):
    gt, det = load(gtp, 0), load(detp, 0)
    first = int(fps) if first is None else first
    last = max(gt) if last is None else last
    tp = fn = fp = ign = 0
    err = []
    tpk = {1: [0, 0], 2: [0, 0]}
    trk = collections.Counter()
    trkfp = collections.Counter()
    found = collections.Counter()
    tot = collections.Counter()
    for f in range(first, last + 1):
        g, d = gt.get(f, []), det.get(f, [])
        used = set()
        hit = set()
        pairs = []
        for i, q in enumerate(g):
            gx, gy, r = q[1] + q[3] / 2, q[2] + q[4] / 2, max(5.0, .5 * max(q[3], q[4]))
            for j, p in enumerate(d):
                e = np.hypot(p[1] + p[3] / 2 - gx, p[2] + p[4] / 2 - gy)
                if e <= r:
                    pairs.append((q[5] == 0, e, i, j))
        for _, e, i, j in sorted(pairs):
            if i in hit or j in used:
                continue
            hit.add(i)
            used.add(j)
            if g[i][5]:
                err.append(e)
        for i, q in enumerate(g):
            if q[5]:
                k = int(q[6])
                tpk[k][1] += 1
                tot[q[0]] += 1
                if i in hit:
                    tp += 1
                    tpk[k][0] += 1
                    found[q[0]] += 1
                else:
                    fn += 1
        for j, p in enumerate(d):
            if p[0] >= 0:
                trk[p[0]] += 1
            if j not in used:
                if any(q[5] == 0 and np.hypot(p[1] + p[3] / 2 - q[1] - q[3] / 2, p[2] + p[4] / 2 - q[2] - q[4] / 2) <= max(8, .6 * max(q[3], q[4])) for q in g):
                    ign += 1
                    continue
                fp += 1
                if p[0] >= 0:
                    trkfp[p[0]] += 1
    mins = (last + 1 - first) / fps / 60
    R = tp / max(1, tp + fn)
    P = tp / max(1, tp + fp)
    return dict(recall=R, precision=P, f1=2 * R * P / max(1e-9, R + P), fp_per_min=fp / mins, fa_tracks_per_min=sum(1 for t in trkfp if trkfp[t] > .5 * trk[t]) / mins,
                rec_vehicle=tpk[1][0] / max(1, tpk[1][1]), rec_walker=tpk[2][0] / max(1, tpk[2][1]), targets_found=sum(1 for t in tot if found[t] >= .3 * tot[t]), targets=len(tot), rms=float(np.sqrt(np.mean(np.square(err)))) if err else 0.0)


if __name__ == '__main__':
    r = score(sys.argv[1], sys.argv[2], float(sys.argv[3]) if len(sys.argv) > 3 else 25.0)
    print(' '.join(f'{k}={v:.3f}' if isinstance(v, float) else f'{k}={v}' for k, v in r.items()))
