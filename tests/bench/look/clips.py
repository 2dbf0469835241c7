#!/usr/bin/python3
"""Seeded synthetic aerial video for moving-target tests.  Own code, made for measuring.
usage: clips.py CLIP OUTDIR [--seconds S] [--seed N]     CLIP = V1|V2|V3|V4
writes OUTDIR/CLIP.mp4 (H.264), CLIP.gt.txt (MOT-like), CLIP.pose.csv (true),
CLIP.klv.csv (what a real gimbal/GPS would report: noisy), CLIP.json (facts)."""
import sys, json, math, subprocess, argparse
import numpy as np, cv2
cv2.setNumThreads(1)

CLIPS = {  # w,h, kbit/s, trajectory, terrain amplitude, counts
 'V1': dict(w=1280, h=720, kbps=4000, alt=560, hfov=40, pitch=-90, mode='line', amp=3, speed=12, nv=10, nw=8, vib=0.010, seed=11),
 'V2': dict(w=1920, h=1080, kbps=4000, alt=430, hfov=38, pitch=-42, mode='orbit', amp=14, speed=20, nv=12, nw=8, vib=0.008, seed=22),
 'V3': dict(w=640, h=512, kbps=2000, alt=700, hfov=16, pitch=-60, mode='orbit', amp=8, speed=18, nv=8, nw=8, vib=0.010, seed=33, thermal=True),
 'V4': dict(w=1280, h=720, kbps=4000, alt=450, hfov=40, pitch=-58, mode='panzoom', amp=8, speed=15, nv=12, nw=8, vib=0.014, seed=44),
}
FPS = 25.0
G = 0.15
SIZE = 6000
HG = 4.0          # texture m/px, texture px, height-map cell m
LAT0, LON0, ALT0 = 60.10, 19.95, 20.0                # local tangent origin
READOUT = 0.015                                      # rolling shutter, s


def fbm(rng, n, base, octaves, persist=0.55):
    out = np.zeros((n, n), np.float32)
    a = 1.0
    for o in range(octaves):
        c = base * 2 ** o
        if c > n:
            break
        out += a * cv2.resize(rng.standard_normal((c + 3, c + 3)).astype(np.float32), (n, n), interpolation=cv2.INTER_CUBIC)
        a *= persist
    return out / out.std()


def smooth_noise(rng, n, tau, dt):                   # unit-variance, correlation time tau
    m = int(n * dt / tau) + 5
    k = rng.standard_normal(m).astype(np.float32).reshape(1, -1)
    x = np.arange(n, dtype=np.float32) * dt / tau + 1
    r = cv2.remap(k, x.reshape(1, -1), np.zeros((1, n), np.float32), cv2.INTER_CUBIC)[0]
    return r * 1.2


class World:
    def __init__(s, cfg, rng):
        s.side = SIZE * G
        n = SIZE
        s.hm = fbm(rng, int(s.side / HG), 4, 3) * cfg['amp'] * 0.6
        y = fbm(rng, n, 8, 10, 0.62) * 17
        nf = 60                                      # fields: Voronoi cells, furrows in some
        pts = rng.uniform(0, n / 8, (nf, 2))
        yy, xx = np.mgrid[0:n // 8, 0:n // 8].astype(np.float32)
        lab = np.argmin(np.stack([(xx - p[0]) ** 2 + (yy - p[1]) ** 2 for p in pts]), 0).astype(np.uint8)
        lab = cv2.resize(lab, (n, n), interpolation=cv2.INTER_NEAREST)
        tone = rng.uniform(70, 150, nf).astype(np.float32)
        fu = rng.uniform(-1, 1, (nf, 2))
        amp = rng.choice([0, 0, 9, 14], nf)
        y += tone[lab]
        u = np.stack([cv2.resize(rng.uniform(118, 126, (1, 1)).astype(np.float32), (n // 2, n // 2)) for _ in range(1)])[0]
        cu = rng.uniform(108, 124, nf).astype(np.float32)
        cv_ = rng.uniform(118, 136, nf).astype(np.float32)
        for f in np.nonzero(amp)[0]:
            m = lab == f
            r, c = np.nonzero(m)
            y[r, c] += (amp[f] * np.sin((c * fu[f, 0] + r * fu[f, 1]) * G * 2.2)).astype(np.float32)
        uv = [cv2.resize(q[lab[::8, ::8]], (n // 2, n // 2)) for q in (cu, cv_)]
        s.roads = []
        mask = np.zeros((n, n), np.uint8)
        for i in range(9):                           # gently curved roads crossing the world
            a = rng.uniform(0, math.pi) if i > 1 else (0.2, 1.7)[i]
            c = rng.uniform(0.3, 0.7, 2) * s.side
            d = np.array([math.cos(a), math.sin(a)])
            nrm = np.array([-d[1], d[0]])
            t = np.arange(-s.side, s.side, 4.0)
            wob = rng.uniform(10, 35) * np.sin(t / rng.uniform(60, 150) + rng.uniform(0, 6))
            p = c + t[:, None] * d + wob[:, None] * nrm
            s.roads.append(p)
            px = np.stack([p[:, 0] / G, (s.side - p[:, 1]) / G], 1)
            wd = rng.choice([5, 7, 8])
            tn = float(rng.choice([75, 95, 150, 165]))
            q = np.round(px * 16).astype(np.int32).reshape(-1, 1, 2)
            m = np.zeros((n, n), np.uint8)
            cv2.polylines(m, [q], False, 255, int(wd / G), cv2.LINE_AA, 4)
            af = m.astype(np.float32) / 255
            y = y * (1 - 0.9 * af) + 0.9 * af * tn
            if wd > 5:
                for k in range(0, len(q) - 1, 3):
                    cv2.line(y, tuple(int(v) // 16 for v in q[k, 0]), tuple(int(v) // 16 for v in q[k + 1, 0]), 205, 1, cv2.LINE_AA)
            mask |= m
            sm = cv2.resize(m, (n // 2, n // 2)) > 60
            uv[0][sm] = 127
            uv[1][sm] = 128
        y += rng.standard_normal((n, n)).astype(np.float32) * 5
        near = cv2.dilate(mask, np.ones((9, 9), np.uint8))
        s.layers = []                                # (height, luma, alpha): bushes 2 m, trees 7 m; may overhang road edges
        for hgt, cnt, r0, r1, tn in ((2.0, 700, 0.8, 2.6, 62), (7.0, 420, 1.8, 4.5, 50)):
            al = np.zeros((n, n), np.uint8)
            for _ in range(cnt):
                c = rng.uniform(0, n, 2)
                if near[int(c[1]), int(c[0])] and rng.random() < 0.7:
                    continue
                for _k in range(rng.integers(3, 9)):
                    cc = c + rng.normal(0, (r0 + r1) / 2 / G, 2)
                    cv2.circle(al, tuple(int(v) for v in cc * 16), int(rng.uniform(r0, r1) / G * 16), 255, -1, cv2.LINE_AA, 4)
            ly = fbm(rng, n // 2, 200, 5, 0.8)
            ly = cv2.resize(ly, (n, n)) * 17 + tn
            hole = cv2.resize((fbm(rng, n // 2, 500, 3, 0.8) > 1.1).astype(np.uint8) * 255, (n, n))
            al = np.where(hole > 0, al // 3, al).astype(np.uint8)
            sx, sy = int(hgt * 0.8 / G), int(hgt * 0.5 / G)        # baked shadow on ground
            sh = cv2.GaussianBlur(np.roll(al, (sy, sx), (0, 1)), (0, 0), 2)
            if not cfg.get('thermal'):
                y *= 1 - 0.45 * sh.astype(np.float32) / 255
            s.layers.append([hgt, np.clip(ly, 5, 250).astype(np.uint8), al])
        if cfg.get('thermal'):
            y = 112 + (cv2.GaussianBlur(y, (0, 0), 1.2) - y.mean()) * 0.30
            for L in s.layers:
                L[1] = np.clip(103 + (L[1].astype(np.float32) - 55) * 0.25, 0, 255).astype(np.uint8)
        pyr = lambda a, k=4: [a] + [a := cv2.resize(a, None, fx=.5, fy=.5, interpolation=cv2.INTER_AREA) for _ in range(k)]
        s.pyr = pyr(np.clip(y, 5, 250).astype(np.uint8))
        s.uv = pyr(np.dstack([q.astype(np.uint8) for q in uv]), 3)
        s.lpyr = [(h, pyr(np.dstack([a, b]))) for h, a, b in s.layers]
        s.buildings = []
        while len(s.buildings) < 45:
            c = rng.uniform(0, s.side, 2)
            r, cc = int((s.side - c[1]) / G), int(c[0] / G)
            R = int(14 / G)
            w = mask[max(0, r - R):r + R, max(0, cc - R):cc + R]
            if w.size == 0 or w.any():
                continue
            s.buildings.append((c, rng.uniform(0, 3.1), rng.uniform(5, 10), rng.uniform(4, 8), rng.uniform(3.5, 11), rng.uniform(60, 190)))

    def h(s, x, y):                                  # terrain height
        x = np.asarray(x, np.float32)
        y = np.asarray(y, np.float32)
        sh = x.shape
        r = cv2.remap(s.hm, (x.reshape(-1, 1) / HG - .5).astype(np.float32), ((s.side - y.reshape(-1, 1)) / HG - .5).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return r.reshape(sh)


class Camera:
    def __init__(s, cfg, world, rng, secs):
        s.w, s.h = cfg['w'], cfg['h']
        dt = 0.005
        n = int((secs + 1) / dt)
        t = np.arange(n) * dt
        s.dt = dt
        A = world.side
        c = np.array([A / 2, A / 2])
        alt = cfg['alt'] + smooth_noise(rng, n, 5, dt) * 1.0
        pitch = np.full(n, float(cfg['pitch']))
        hf = np.full(n, float(cfg['hfov']))
        roll = np.zeros(n)
        slant = cfg['alt'] / math.sin(math.radians(-cfg['pitch']))
        back = slant * math.cos(math.radians(cfg['pitch']))
        if cfg['mode'] == 'line':
            hd = rng.uniform(0, 6.28)
            e = c[0] + (t - secs / 2) * cfg['speed'] * math.sin(hd)
            no = c[1] + (t - secs / 2) * cfg['speed'] * math.cos(hd)
            yaw = np.degrees(hd) + 3 * np.sin(t / 3)
        else:
            a = rng.uniform(0, 6.28) + t * cfg['speed'] / back
            e = c[0] - back * np.sin(a)
            no = c[1] - back * np.cos(a)
            yaw = np.degrees(a)
            if cfg['mode'] == 'panzoom':
                yaw = yaw + 11 * np.sin(2 * np.pi * t / 5.0) + 3 * np.tanh(np.sin(2 * np.pi * t / 3.1) * 6)      # fast pans, snaps
                pitch = pitch + 6 * np.sin(2 * np.pi * t / 6.3 + 1)
                hf = 40 * np.exp(-0.62 * np.sin(2 * np.pi * t / 8.0) )                                           # 21..74 deg
                hf = np.clip(hf, 20, 58)
        for arr, k in ((yaw, 1), (pitch, 1), (roll, 1.5)):                                                   # slow gimbal wander + vibration
            arr += k * (0.25 * smooth_noise(rng, n, 1.2, dt) + 0.05 * smooth_noise(rng, n, 0.25, dt) + cfg['vib'] * smooth_noise(rng, n, 0.03, dt))
        e = e + smooth_noise(rng, n, 3, dt) * .6
        no = no + smooth_noise(rng, n, 3, dt) * .6
        s.P = np.stack([e, no, alt, yaw, pitch, roll, hf], 1)

    def pose(s, t):
        t = np.atleast_1d(t) / s.dt
        i = np.clip(t.astype(int), 0, len(s.P) - 2)
        f = (t - i)[:, None]
        return s.P[i] * (1 - f) + s.P[i + 1] * f

    def rot(s, P):                                   # rows: right, down, forward  (n,3,3)
        y, p, r = (np.radians(P[:, k]) for k in (3, 4, 5))
        z = np.zeros_like(y)
        f = np.stack([np.sin(y) * np.cos(p), np.cos(y) * np.cos(p), np.sin(p)], 1)
        r0 = np.stack([np.cos(y), -np.sin(y), z], 1)
        d0 = np.cross(f, r0)
        cr, sr = np.cos(r)[:, None], np.sin(r)[:, None]
        return np.stack([r0 * cr + d0 * sr, -r0 * sr + d0 * cr, f], 1)

    def project(s, X, t):                            # X (n,3) -> px (n,2), rolling shutter
        X = np.asarray(X, float)
        v = np.full(len(X), s.h / 2.0)
        for _ in range(3):
            P = s.pose(t + READOUT * v / s.h)
            R = s.rot(P)
            q = np.einsum('nij,nj->ni', R, X - P[:, :3])
            f = s.w / 2 / np.tan(np.radians(P[:, 6]) / 2)
            u = q[:, 0] / q[:, 2] * f + s.w / 2
            v = np.clip(q[:, 1] / q[:, 2] * f + s.h / 2, -200, s.h + 200)
        return np.stack([u, v], 1)

    def ground(s, world, t, us, vs, extra=0.0):      # pixel grid (us x vs) -> world x,y and gsd
        P = s.pose(t + READOUT * vs / s.h)
        R = s.rot(P)
        f = s.w / 2 / np.tan(np.radians(P[:, 6]) / 2)
        du = (us[None, :] - s.w / 2) / f[:, None]
        dv = ((vs - s.h / 2) / f)[:, None] * np.ones_like(du)
        d = du[..., None] * R[:, None, 0] + dv[..., None] * R[:, None, 1] + R[:, None, 2]
        dz = np.minimum(d[..., 2], -0.03)
        z = np.zeros_like(dz)
        for _ in range(6):
            k = (z + extra - P[:, None, 2]) / dz
            x = P[:, None, 0] + k * d[..., 0]
            y = P[:, None, 1] + k * d[..., 1]
            z = world.h(x, y)
        gsd = k * np.sqrt((d ** 2).sum(-1)) / f[:, None] / np.sqrt(-dz / np.sqrt((d ** 2).sum(-1)))
        return x.astype(np.float32), y.astype(np.float32), gsd.astype(np.float32)


class Target:
    def __init__(s, i, kind, path, ts, cfg, rng):    # path (n,2), ts seconds per vertex
        s.id, s.kind, s.path, s.ts = i, kind, path, ts
        th = cfg.get('thermal')
        if kind == 1:
            s.L, s.W, s.H = (4.5, 1.9, 1.5) if rng.random() < .75 else (8.0, 2.4, 3.0)
            s.y = float(rng.choice([25, 40, 60, 130, 190, 215, 235]))
            s.uv = (rng.integers(105, 150), rng.integers(105, 160))
            if th:
                s.y = 112 + float(rng.choice([-12, 10, 16, 24, 34]))
        else:
            s.L, s.W, s.H = 0.6, 0.75, 1.75
            s.y = float(rng.choice([20, 30, 200, 230]))
            s.uv = (rng.integers(100, 155), rng.integers(100, 170))
            if th:
                s.y = 112 + rng.uniform(14, 34)

    def at(s, t):
        x = np.interp(t, s.ts, s.path[:, 0])
        y = np.interp(t, s.ts, s.path[:, 1])
        return x, y

    def speed(s, t):
        a, b = s.at(t - .2), s.at(t + .2)
        return math.hypot(b[0] - a[0], b[1] - a[1]) / .4


def make_targets(cfg, world, cam, rng, secs):
    out = []
    tries = 0
    while len(out) < cfg['nv'] + cfg['nw'] and tries < 9000:
        tries += 1
        kind = 1 if len(out) < cfg['nv'] else 2
        t0 = rng.uniform(1, max(1.1, secs - 1))
        u, v = rng.uniform(.12, .88) * cam.w, rng.uniform(.12, .88) * cam.h
        x, y, _ = cam.ground(world, t0, np.array([u]), np.array([v]))
        p = np.array([x[0, 0], y[0, 0]], float)
        if not (40 < p[0] < world.side - 40 and 40 < p[1] < world.side - 40):
            continue
        tt = np.arange(-1, secs + 2, .2)
        if kind == 1:
            road = world.roads[rng.integers(len(world.roads))]
            k = int(np.argmin(((road - p) ** 2).sum(1)))
            if ((road[k] - p) ** 2).sum() > 40 ** 2:
                continue
            sgn = rng.choice([-1, 1])
            v0 = rng.uniform(3, 15)
            sp = np.full(len(tt), v0)
            if rng.random() < .4:                    # stop and go
                ts = rng.uniform(2, max(2.1, secs - 4))
                dur = rng.uniform(3, 7)
                ramp = np.clip(np.abs(tt - (ts + dur / 2)) - dur / 2, 0, 2.5) / 2.5
                sp = sp * ramp
            seg = np.r_[0, np.cumsum(np.hypot(*np.diff(road, axis=0).T))]
            dist = np.r_[0, np.cumsum(sp[:-1] * .2)]
            dist -= np.interp(t0, tt, dist)
            q = seg[k] + sgn * dist
            path = np.stack([np.interp(q, seg, road[:, 0]), np.interp(q, seg, road[:, 1])], 1)
            tan = np.gradient(path, axis=0)
            tan /= np.linalg.norm(tan, axis=1, keepdims=True) + 1e-9
            last = np.array([1., 0])
            for j in range(len(tan)):
                if np.linalg.norm(tan[j]) < .5:
                    tan[j] = last
                last = tan[j]
            path = path + 1.7 * np.stack([tan[:, 1], -tan[:, 0]], 1)      # keep right
        else:
            hd = rng.uniform(0, 6.28) + np.cumsum(rng.normal(0, .09, len(tt)))
            sp = np.full(len(tt), rng.uniform(.9, 2.2))
            if rng.random() < .3:
                ts = rng.uniform(2, max(2.1, secs - 4))
                sp[(tt > ts) & (tt < ts + 4)] = 0
            st = np.stack([np.cos(hd), np.sin(hd)], 1) * sp[:, None] * .2
            path = np.cumsum(st, 0)
            k = int(np.argmin(abs(tt - t0)))
            path += p - path[k]
            if any(((path - b[0]) ** 2).sum(1).min() < 12 ** 2 for b in world.buildings):
                continue
        if any(min(np.hypot(*(np.array(o.at(q)) - [np.interp(q, tt, path[:, 0]), np.interp(q, tt, path[:, 1])])) for q in np.arange(0, secs, 1.)) < 7 for o in out):
            continue
        out.append(Target(len(out) + 1, kind, path, tt, cfg, rng))
    return out


def hull_fill(cam, t, planes, polys):                # polys: list of (Nx3 world pts, y, u, v, alpha) drawn in order, 8x supersampled patch
    P = [cam.project(p[0], t) for p in polys]
    allp = np.vstack(P)
    H, W = planes[0].shape
    x0, y0 = (np.floor(allp.min(0)) - 3).astype(int) & ~1
    x1, y1 = (np.ceil(allp.max(0)) + 4).astype(int) | 1
    if x0 < 0 or y0 < 0 or x1 >= W - 1 or y1 >= H - 1:
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(W - 1, x1) | 1, min(H - 1, y1) | 1
        if x1 - x0 < 2 or y1 - y0 < 2:
            return None
        x1, y1 = min(x1, W - 1), min(y1, H - 1)
    w, h = x1 - x0 + 1, y1 - y0 + 1
    S = 8
    cov = None
    for (pts, yv, uu, vv, al), p in zip(polys, P):
        m = np.zeros((h * S, w * S), np.uint8)
        q = np.round((p - [x0, y0] + 0.5) * S - .5).astype(np.int32)
        cv2.fillConvexPoly(m, cv2.convexHull(q.reshape(-1, 1, 2)), 255)
        a = cv2.GaussianBlur(cv2.resize(m, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32) / 255, (3, 3), 0.55)
        Y = planes[0][y0:y1 + 1, x0:x1 + 1]
        if yv is None:
            Y *= 1 - al * a                # shadow
        else:
            Y[:] = Y * (1 - a) + yv * a
            cov = a if cov is None else np.maximum(cov, a)
            a2 = cv2.resize(a, (w // 2, h // 2), interpolation=cv2.INTER_AREA)
            for pl, cval in ((planes[1], uu), (planes[2], vv)):
                c = pl[y0 // 2:y0 // 2 + h // 2, x0 // 2:x0 // 2 + w // 2]
                aa = a2[:c.shape[0], :c.shape[1]]
                c[:] = c * (1 - aa) + cval * aa
    return x0, y0, cov


def box(c, ang, L, W, z0, z1):
    d = np.array([math.cos(ang), math.sin(ang)])
    n = np.array([-d[1], d[0]])
    b = [c + sx * d * L / 2 + sy * n * W / 2 for sx, sy in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
    return np.array([[*p, z0] for p in b]), np.array([[*p, z1] for p in b])


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('clip')
    ap.add_argument('out')
    ap.add_argument('--seconds', type=float, default=20)
    ap.add_argument('--seed', type=int)
    ap.add_argument('--png')
    a = ap.parse_args()
    cfg = CLIPS[a.clip]
    seed = a.seed or cfg['seed']
    rng = np.random.default_rng(seed)
    th = cfg.get('thermal', False)
    W, H = cfg['w'], cfg['h']
    secs = a.seconds
    world = World(cfg, rng)
    cam = Camera(cfg, world, rng, secs)
    tg = make_targets(cfg, world, cam, rng, secs)
    base = f'{a.out}/{a.clip}'
    nfr = int(secs * FPS)
    enc = subprocess.Popen(['ffmpeg', '-loglevel', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', f'{W}x{H}', '-r', '25', '-i', '-', '-threads', '1', '-c:v', 'libx264', '-preset', 'veryfast',
        '-b:v', f"{cfg['kbps']}k", '-maxrate', f"{cfg['kbps']}k", '-bufsize', f"{cfg['kbps']}k", '-g', '50', '-bf', '0', base + '.mp4'], stdin=subprocess.PIPE)
    gt = open(base + '.gt.txt', 'w')
    pc = open(base + '.pose.csv', 'w')
    kc = open(base + '.klv.csv', 'w')
    for f in (pc, kc):
        f.write('frame,t,lat,lon,alt_msl,yaw,pitch,roll,hfov\n')
    gt.write('# frame,id,x,y,w,h,score(1=count,0=ignore),class(1=vehicle 2=walker),visible,ground_speed_mps,px_speed_per_s\n')
    st = 16
    us = np.arange(-st, W + 2 * st, st, dtype=np.float64)
    vs = np.arange(-st, H + 2 * st, st, dtype=np.float64)
    mx, my = np.meshgrid((np.arange(W, dtype=np.float32) + st) / st, (np.arange(H, dtype=np.float32) + st) / st)
    mx, my = cv2.convertMaps(mx, my, cv2.CV_16SC2)
    up = lambda g: cv2.remap(g, mx, my, cv2.INTER_LINEAR)

    def tex(pyr, l, x, y, f=0, half=False):          # x, y: ground points on the coarse grid
        k = 2.0 ** -(l + f)
        m = up(np.dstack([(x / G + .5) * k - .5, ((world.side - y) / G + .5) * k - .5]).astype(np.float32))
        if half:
            m = np.ascontiguousarray(m[::2, ::2])
        return cv2.remap(pyr[l], m, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)

    def sample(pyr, x, y, lod):                      # trilinear texture fetch, one channel
        lo, hi = max(0, int(math.floor(lod.min()))), min(len(pyr) - 2, int(math.floor(lod.max())))
        acc = None
        for l in range(lo, hi + 2):
            w = np.clip(1 - np.abs(np.clip(lod, lo, hi + 1) - l), 0, 1)
            if w.max() < .01:
                continue
            r = cv2.multiply(tex(pyr, l, x, y), up(w.astype(np.float32)), dtype=cv2.CV_32F)
            acc = r if acc is None else cv2.add(acc, r)
        return acc
    kn = np.cumsum(rng.normal(0, 1, (nfr + 1, 7)), 0) * 0.02 + rng.normal(0, 1, 7) * .5      # slowly wandering metadata error
    fpn = rng.normal(0, 1.1, (1, W)).astype(np.float32) if th else None
    pgt = {}
    for i in range(nfr):
        t = i / FPS
        x, y, gsd = cam.ground(world, t, us, vs)
        lod = np.log2(np.maximum(gsd / G, .3)).astype(np.float32)
        Y = sample(world.pyr, x, y, lod)
        mf = float(np.clip(np.median(lod), 0, 2.99))
        ml = int(mf)
        mf -= ml
        uvs = tex(world.uv, ml, x, y, 1, True).astype(np.float32)
        U, V = uvs[..., 0].copy(), uvs[..., 1].copy()
        if th:
            U[:] = 128
            V[:] = 128
        planes = [Y, U, V]
        covers = []
        for q in tg:                                 # movers
            p = np.array(q.at(t))
            p2 = np.array(q.at(t + .1))
            p1 = np.array(q.at(t - .1))
            d = p2 - p1
            if np.hypot(*d) > 1e-3:
                q.ang = math.atan2(d[1], d[0])
            ang = getattr(q, 'ang', 0.0)
            z = float(world.h(p[0], p[1]))
            c2 = cam.project([[*p, z]], t)[0]
            if not (-30 < c2[0] < W + 30 and -30 < c2[1] < H + 30):
                continue
            lo, hi = box(p, ang, q.L, q.W, z, z + q.H)
            polys = []
            if not th:
                off = np.array([q.H * .8, -q.H * .5, 0])
                polys.append((np.vstack([lo, hi * [1, 1, 0] + [0, 0, z] + off]), None, 0, 0, .45))
            uu, vv = (128, 128) if th else q.uv
            polys.append((np.vstack([lo, hi]), q.y * (.8 if not th else 1), uu, vv, 1))
            polys.append((hi, q.y, uu, vv, 1))
            if q.kind == 1:
                fw = np.array([math.cos(ang), math.sin(ang)])
                g0, g1 = box(p + fw * q.L * .22, ang, q.L * .12, q.W * .85, z + q.H, z + q.H)
                polys.append((g1, 45 if not th else q.y + 8, uu, vv, 1))
            r = hull_fill(cam, t, planes, polys)
            if r is None or r[2] is None:
                continue
            covers.append((q, r, cam.project(np.vstack([lo, hi]), t)))
        alpha_tot = None
        for li, (hgt, py) in enumerate(world.lpyr):
            if li == 1:                              # buildings between bushes and trees
                P = cam.pose(t)[0]
                for (c, ang, L, Wd, Hh, yv) in sorted(world.buildings, key=lambda b: -np.hypot(b[0][0] - P[0], b[0][1] - P[1])):
                    z = float(world.h(*c))
                    cc = cam.project([[*c, z]], t)[0]
                    if not (-150 < cc[0] < W + 150 and -150 < cc[1] < H + 150):
                        continue
                    if th:
                        yv = 112 + (yv - 125) * .12
                    lo, hi = box(c, ang, L, Wd, z - 2, z + Hh)
                    polys = []
                    if not th:
                        polys.append((np.vstack([lo, hi * [1, 1, 0] + [0, 0, z] + [Hh * .8, -Hh * .5, 0]]), None, 0, 0, .4))
                    for k in sorted(range(4), key=lambda k: -np.hypot(*(((lo[k] + lo[(k + 1) % 4]) / 2)[:2] - P[:2]))):
                        j = (k + 1) % 4
                        polys.append((np.array([lo[k], lo[j], hi[j], hi[k]]), yv * (.55 + .1 * k) if not th else yv - 4 + 2 * k, 128, 128, 1))
                    polys.append((hi, yv, 125, 130, 1))
                    hull_fill(cam, t, planes, polys)
            lx, lyy, _ = cam.ground(world, t, us, vs, hgt)
            sway = (.05 + .01 * hgt) * np.sin(2 * np.pi * .8 * t + lx * .35 + lyy * .23)
            lx = (lx + sway).astype(np.float32)
            r0, r1 = cv2.split(cv2.addWeighted(tex(py, ml, lx, lyy), 1 - mf, tex(py, ml + 1, lx, lyy), mf, 0))
            al = cv2.multiply(r1, 1 / 255., dtype=cv2.CV_32F)
            Y += al * (r0 - Y)
            if not th:
                a2 = al[::2, ::2]
                U[:] = U * (1 - a2) + 116 * a2
                V[:] = V * (1 - a2) + 120 * a2
            alpha_tot = al if alpha_tot is None else 1 - (1 - alpha_tot) * (1 - al)
        # motion blur along the centre flow, exposure 1/200 s (EO) 8 ms (thermal)
        Pn = cam.pose(np.array([t, t + .02]))
        f = W / 2 / math.tan(math.radians(Pn[0, 6]) / 2)
        ex = (.008 if th else .005) / .02
        bx = math.radians(Pn[1, 3] - Pn[0, 3]) * math.cos(math.radians(Pn[0, 4])) * f * ex
        by = math.radians(Pn[1, 4] - Pn[0, 4]) * f * ex
        bl = math.hypot(bx, by)
        if bl > .8:
            n = int(bl) * 2 + 3
            k = np.zeros((n * 4, n * 4), np.float32)
            c = n * 2
            cv2.line(k, (int(c - bx * 2), int(c - by * 2)), (int(c + bx * 2), int(c + by * 2)), 1, 4)
            k = cv2.resize(k, (n, n), interpolation=cv2.INTER_AREA)
            Y = cv2.filter2D(Y, -1, k / k.sum())
        if th:
            Y = cv2.GaussianBlur(Y, (0, 0), .6) + rng.standard_normal(Y.shape, np.float32) * 3.2 + fpn + rng.normal(0, .7, (H, 1)).astype(np.float32)
        else:
            Y = Y + cv2.resize(rng.standard_normal((H, W), np.float32), (W, H)) * 2.2
        fr = [np.clip(q + .5, 0, 255).astype(np.uint8) for q in (Y, U, V)]
        for q in fr:
            enc.stdin.write(q.tobytes())
        if a.png and i % 100 == 0:
            cv2.imwrite(f'{a.png}_{i:04d}.png', cv2.cvtColor(np.vstack([fr[0].reshape(-1, W), fr[1].reshape(-1, W), fr[2].reshape(-1, W)]), cv2.COLOR_YUV2BGR_I420))
        for q, (x0, y0, cov), pr in covers:
            mn, mxx = pr.min(0), pr.max(0)
            bw = mxx - mn
            ctr = (mn + mxx) / 2
            if not (2 < ctr[0] < W - 2 and 2 < ctr[1] < H - 2):
                continue
            sub = alpha_tot[y0:y0 + cov.shape[0], x0:x0 + cov.shape[1]]
            vis = float(((1 - sub) * cov).sum() / max(cov.sum(), 1e-6))
            p1, p2 = q.at(t - .5), q.at(t)
            z = float(world.h(*p2))
            A = cam.project([[*p1, z], [*p2, z]], t)
            pxs = float(np.hypot(*(A[1] - A[0]))) / .5   # ground motion in px/s seen by a fixed camera
            mv = q.speed(t)
            moved = math.hypot(p2[0] - p1[0], p2[1] - p1[1]) / .5
            cnt = int(vis >= .6 and mv > .4 and moved > .4 and t >= 1.0 and 6 < ctr[0] < W - 6 and 6 < ctr[1] < H - 6)
            gt.write(f'{i},{q.id},{mn[0]:.2f},{mn[1]:.2f},{bw[0]:.2f},{bw[1]:.2f},{cnt},{q.kind},{vis:.2f},{mv:.2f},{pxs:.1f}\n')
        P = cam.pose(t)[0]
        def row(P):
            return f'{i},{t:.4f},{LAT0 + P[1] / 111412.0:.8f},{LON0 + P[0] / (111412.0 * math.cos(math.radians(LAT0))):.8f},{P[2] + ALT0:.3f},{P[3] % 360:.5f},{P[4]:.5f},{P[5]:.5f},{P[6]:.5f}\n'
        pc.write(row(P))
        e = kn[i] * [1.5, 1.5, 2, .35, .25, .25, .15] + rng.normal(0, 1, 7) * [.05, .05, .05, .03, .03, .03, .02]
        kc.write(row(P + e))
    enc.stdin.close()
    enc.wait()
    json.dump(dict(clip=a.clip, seed=seed, frames=nfr, w=W, h=H, thermal=th, vehicles=sum(q.kind == 1 for q in tg), walkers=sum(q.kind == 2 for q in tg)), open(base + '.json', 'w'))


if __name__ == '__main__':
    main()
