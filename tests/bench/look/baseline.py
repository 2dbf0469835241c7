#!/usr/bin/python3
"""The reference of the bench, in OpenCV calls: corners tracked to a key picture, RANSAC homography, difference of three
pictures, blobs, nearest-neighbour tracks.  usage: baseline.py WIDTH HEIGHT DELAY FLOOR LUMA OUT
Writes `frame,id,x,y,w,h,score` lines and prints user CPU ms a picture."""
import resource
import sys

import cv2
import numpy as np

cv2.setNumThreads(1)


def frames(path, w, h):
    with open(path, 'rb') as f:
        while len(b := f.read(w * h)) == w * h:
            yield np.frombuffer(b, np.uint8).reshape(h, w).copy()


def warp_pts(H, p):
    return cv2.perspectiveTransform(np.asarray(p, np.float32).reshape(-1, 1, 2), H).reshape(-1, 2)


class Stabiliser:
    """register each frame to a key frame (no chaining inside a key's life); re-key on low overlap, zoom, turn or age"""

    def __init__(s, w, h, n=400, keep=64, win=21, life=30, ransac=1.2):
        s.w, s.h, s.n, s.keep, s.prev, s.H = w, h, n, keep, None, []
        s.win, s.life, s.rs = win, int(life), ransac
        s.key = None
        s.K = np.eye(3)
        s.prevK = np.eye(3)

    def step(s, g0):
        g = cv2.GaussianBlur(g0, (5, 5), 1.0)
        I = np.eye(3)
        if s.key is None:
            s.rekey(g)
            s.H.append(I)
            s.last = I
            s.vel = I
            return I
        q0 = warp_pts(s.vel @ s.last, s.kp.reshape(-1, 2)).reshape(-1, 1, 2)             # constant-velocity guess (or the pose)
        inb = ((q0 > 4) & (q0 < np.float32([s.w - 4, s.h - 4]))).all((1, 2))
        a, q0 = s.kp[inb], q0[inb].copy()
        M = None
        m = np.zeros(1)
        if len(a) > 20:
            q, st, er = cv2.calcOpticalFlowPyrLK(s.key, g, a, q0, winSize=(s.win, s.win), maxLevel=3, criteria=(3, 20, .01), flags=cv2.OPTFLOW_USE_INITIAL_FLOW)
            ok = st.ravel() == 1
            if ok.sum() > 16:
                M, m = cv2.findHomography(a[ok], q[ok], cv2.RANSAC, s.rs, maxIters=500, confidence=.995)
        bad = M is None or m.sum() < 16
        if bad:                                          # lost: frame to frame from the previous picture
            kp = s.kp
            s.key, s.kp = s.prev, s.detect(s.prev)
            q, st, er = cv2.calcOpticalFlowPyrLK(s.key, g, s.kp, None, winSize=(s.win, s.win), maxLevel=5)
            ok = st.ravel() == 1
            M, m = cv2.findHomography(s.kp[ok], q[ok], cv2.RANSAC, 2.0)
            s.last = I
            s.age = 0
            if M is None:
                M = I
        H = M @ np.linalg.inv(s.last)
        s.vel = H
        s.last = M
        s.H.append(H)
        s.H = s.H[-s.keep:]
        s.age += 1
        s.prev = g
        c = warp_pts(M, [[0, 0], [s.w, 0], [s.w, s.h], [0, s.h]])
        ar = cv2.contourArea(c) / (s.w * s.h)
        ov = cv2.intersectConvexConvex(c, np.float32([[0, 0], [s.w, 0], [s.w, s.h], [0, s.h]]))[0] / (s.w * s.h) / max(ar, 1)
        if s.age >= s.life or ov < .75 or not .85 < ar < 1.17 or m.sum() < .35 * len(s.kp):
            s.rekey(g)
        return H

    def detect(s, g):
        out = []
        gy, gx = 4, 6
        hh, ww = g.shape
        for r in range(gy):
            for c in range(gx):
                y0, x0 = r * hh // gy, c * ww // gx
                p = cv2.goodFeaturesToTrack(g[y0:(r + 1) * hh // gy, x0:(c + 1) * ww // gx], s.n // (gx * gy), .01, 8)
                if p is not None:
                    out.append(p + np.float32([x0, y0]))
        return np.vstack(out)

    def rekey(s, g):
        s.key = s.prev = g
        s.kp = s.detect(g)
        s.last = np.eye(3)
        s.age = 0


class Tracker:
    """nearest-neighbour, constant velocity in the stabilised frame, M of N, minimum residual speed"""

    def __init__(s, M=4, N=6, gate=7.0, minspeed=1.5, coast=6, fps=25.0, maxspeed=140.0, emit=2, minage=0):
        s.__dict__.update(M=M, N=N, gate=gate, vmin=minspeed / fps, coast=coast, vmax=maxspeed / fps, emit=emit, minage=minage)
        s.t = []
        s.next = 0

    def step(s, dets, H):
        if s.t:
            P = np.array([q['p'] for q in s.t])
            V = P + np.array([q['v'] for q in s.t])
            O = np.array([q['o'] for q in s.t])
            a, b, o = warp_pts(H, P), warp_pts(H, V), warp_pts(H, O)
            for i, q in enumerate(s.t):
                q['v'] = b[i] - a[i]
                q['p'] = b[i]
                q['o'] = o[i]
                q['age'] += 1
                q['hist'] = q['hist'][-(s.N - 1):] + [0]
                q['hit'] = False
        pairs = []
        for j, d in enumerate(dets):
            c = np.array([d[0] + d[2] / 2, d[1] + d[3] / 2])
            for i, q in enumerate(s.t):
                e = np.hypot(*(c - q['p']))
                gt = max(s.gate, .5 * max(d[2], d[3])) * (1.5 if q['age'] < 3 else 1)
                if e < gt:
                    pairs.append((e - min(q['n'], 20) * .15, i, j))
        ui, uj = set(), set()
        for e, i, j in sorted(pairs):
            if i in ui or j in uj:
                continue
            ui.add(i)
            uj.add(j)
            q = s.t[i]
            d = dets[j]
            c = np.array([d[0] + d[2] / 2, d[1] + d[3] / 2])
            r = c - q['p']
            al = max(.35, 1 / (q['n'] + 1))
            be = max(.06, .5 / (q['n'] + 1))
            q['p'] = q['p'] + al * r
            q['v'] = q['v'] + be * r
            sp = np.hypot(*q['v'])
            if sp > s.vmax:
                q['v'] *= s.vmax / sp
            q['wh'] = .7 * q['wh'] + .3 * np.array(d[2:4])
            q['n'] += 1
            q['miss'] = 0
            q['hist'][-1] = 1
            q['hit'] = True
            q['s'] = d[4]
        for i, q in enumerate(s.t):
            if i not in ui:
                q['miss'] += 1
        s.t = [q for q in s.t if q['miss'] <= (s.coast if q['conf'] else 2)]
        for j, d in enumerate(dets):
            if j not in uj:
                s.t.append(dict(p=np.array([d[0] + d[2] / 2, d[1] + d[3] / 2]), v=np.zeros(2), o=np.array([d[0] + d[2] / 2, d[1] + d[3] / 2]), wh=np.array(d[2:4], float), n=1, miss=0, hist=[1], hit=True, age=0, conf=False, id=-1, s=d[4]))
        out = []
        for q in s.t:
            mv = np.hypot(*(q['p'] - q['o'])) / max(1, q['age'])
            if not q['conf'] and sum(q['hist']) >= s.M and q['age'] >= s.minage and mv >= s.vmin and np.hypot(*(q['p'] - q['o'])) > 1.5:
                q['conf'] = True
                q['id'] = s.next
                s.next += 1
            if q['conf'] and q['age'] > 12 and np.hypot(*q['v']) < .4 * s.vmin and mv < s.vmin:
                q['conf'] = False
            if q['conf'] and q['miss'] <= s.emit:
                out.append((q['id'], q['p'][0] - q['wh'][0] / 2, q['p'][1] - q['wh'][1] / 2, q['wh'][0], q['wh'][1], q['s']))
        return out


def blobs(mask, amin, amax, score=None, smax=90):
    n, lab, st, ce = cv2.connectedComponentsWithStats(mask, connectivity=8)
    out = []
    for i in range(1, n):
        x, y, w, h, a = st[i]
        if a < amin or a > amax or w > smax or h > smax:
            continue
        out.append((float(x), float(y), float(w), float(h), float(a)))
    return out if len(out) < 400 else []


class Diff:                                          # (a) three-frame difference, symmetric, delay k

    def __init__(s, w, h, o):
        s.k = int(o.get('k', 6))
        s.buf = []
        s.thr = o.get('thr', 3.5)
        s.floor = o.get('floor', 9)
        s.amin = o.get('amin', 6)
        s.o = o
        s.delay = s.k
        s.ones = None

    def step(s, g, st):
        k = s.k
        s.buf = (s.buf + [cv2.GaussianBlur(g, (3, 3), 0)])[-(2 * k + 1):]
        if len(s.buf) < 2 * k + 1:
            return []
        Hf = np.eye(3)
        for H in st.H[-k:]:
            Hf = H @ Hf              # t-k -> t
        Hb = np.eye(3)
        for H in st.H[-2 * k:-k]:
            Hb = H @ Hb        # t-2k -> t-k
        c = s.buf[k]
        sz = (c.shape[1], c.shape[0])
        a = cv2.warpPerspective(s.buf[0], Hb, sz, flags=cv2.INTER_LINEAR)
        b = cv2.warpPerspective(s.buf[-1], Hf, sz, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
        d = cv2.min(cv2.absdiff(c, a), cv2.absdiff(c, b))
        d = cv2.min(d, cv2.compare(cv2.min(a, b), 0, cv2.CMP_GT))
        d = cv2.blur(d, (3, 3))
        m, sd = cv2.meanStdDev(d[::4, ::4])
        T = max(s.floor, float(m + s.thr * sd))
        _, bw = cv2.threshold(d, T, 255, cv2.THRESH_BINARY)
        bw = cv2.morphologyEx(bw, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
        return blobs(bw, s.amin, 4000)


def user_s():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def main():
    w, h, delay, floor = (int(v) for v in sys.argv[1:5])
    stabiliser = Stabiliser(w, h)
    detector = Diff(w, h, dict(k=delay, floor=floor))
    tracker = Tracker(M=7, N=11, minspeed=2.5, coast=10, emit=5, minage=10)
    steps = []
    cpu = 0.0
    n = 0
    with open(sys.argv[6], 'w') as out:
        for picture in frames(sys.argv[5], w, h):
            t = user_s()
            steps.append(stabiliser.step(picture))
            found = detector.step(picture, stabiliser)
            at = n - detector.delay
            tracks = tracker.step(found, steps[at]) if at >= 0 else []
            cpu += user_s() - t
            n += 1
            for q in tracks:
                out.write(f'{at},{q[0]},{q[1]:.1f},{q[2]:.1f},{q[3]:.1f},{q[4]:.1f},{q[5]:.1f}\n')
    print(f'ms {cpu / max(n, 1) * 1e3:.1f}')


if __name__ == '__main__':
    main()
