#!/usr/bin/python3
"""Clips, core, reference, table.  usage: run.py LOOK_RAW FOLDER [SEED...]
Renders what FOLDER does not hold yet.  Aims are means over the seeds; user CPU ms of one thread, decode apart."""
import os
import re
import subprocess
import sys

from score import score

HERE = os.path.dirname(os.path.abspath(__file__))
# width, height, seconds; the reference's delay and threshold; aims: F1, false tracks a minute, ms a picture
CLIPS = {
    'V1': (1280, 720, 10, 12, 7, 0.95, 5, 6),
    'V2': (1920, 1080, 6, 12, 7, 0.80, 25, 13),
    'V3': (640, 512, 10, 18, 4, 0.78, 8, 3.5),
    'V4': (1280, 720, 8, 12, 7, 0.75, 8, 7),
}


def call(*words):
    env = dict(os.environ, OPENBLAS_NUM_THREADS='1')
    return subprocess.run([str(w) for w in words], check=True, stdout=subprocess.PIPE, text=True, env=env).stdout


def ms_of(text):
    return float(re.search(r'ms ([0-9.]+)', text).group(1))


def render(clip, seconds, seed, folder):
    luma = f'{folder}/{clip}.luma'
    if not os.path.exists(luma):
        os.makedirs(folder, exist_ok=True)
        call('/usr/bin/python3', f'{HERE}/clips.py', clip, folder, '--seconds', seconds, '--seed', seed)
        call('ffmpeg', '-loglevel', 'error', '-y', '-threads', 1, '-i', f'{folder}/{clip}.mp4', '-vf', 'extractplanes=y',
             '-f', 'rawvideo', luma + '.part')
        os.rename(luma + '.part', luma)
    return luma


def judge(truth, tracks, ms):
    r = score(truth, tracks)
    return [r['f1'], r['fa_tracks_per_min'], ms, r['rec_vehicle'], r['rec_walker']]


def aim(what, figure, sense, limit, is_reached):
    print(f"aim: look {what}: {figure:.3g} (aim: {sense} {limit}), {'reached' if is_reached else 'NOT REACHED'}")


def main():
    core, folder = sys.argv[1:3]
    seeds = [int(s) for s in sys.argv[3:]] or [301, 302]
    print('clip seed | core: F1, false tracks/min, ms, recall of vehicles, walkers | reference: the same')
    for clip, (w, h, seconds, delay, floor, f1, false, ms) in CLIPS.items():
        rows = [[], []]
        for seed in seeds:
            at = f'{folder}/{clip}-{seed}'
            luma = render(clip, seconds, seed, at)
            out = call(core, luma, w, h, f'{at}/core.mot')
            rows[0].append(judge(f'{at}/{clip}.gt.txt', f'{at}/core.mot', ms_of(out)))
            out = call('/usr/bin/python3', f'{HERE}/baseline.py', w, h, delay, floor, luma, f'{at}/reference.mot')
            rows[1].append(judge(f'{at}/{clip}.gt.txt', f'{at}/reference.mot', ms_of(out)))
            print(clip, seed, *('| ' + ' '.join(f'{v:8.2f}' for v in r[-1]) for r in rows), flush=True)
        mean, ref = ([sum(c) / len(c) for c in zip(*r)] for r in rows)
        print(f'{clip} mean', *('| ' + ' '.join(f'{v:8.2f}' for v in r) for r in (mean, ref)),
              f'| reference / core: {ref[2] / mean[2]:.1f} times the CPU, {ref[1] / max(mean[1], 0.1):.0f} times the false tracks')
        aim(f'{clip} F1', mean[0], 'at least', f1, mean[0] >= f1)
        aim(f'{clip} false tracks a minute', mean[1], 'at most', false, mean[1] <= false)
        aim(f'{clip} ms a picture', mean[2], 'at most', ms, mean[2] <= ms)


if __name__ == '__main__':
    main()
