// Signs and patterns of the map, drawn here so that no sprite is fetched.
import type { Map as MapLibre } from "maplibre-gl";
import { palette } from "../theme";

const SCALE = 2;

function draw(size: number, paint: (c: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size * SCALE;
  const c = canvas.getContext("2d", { willReadFrequently: true })!;
  c.scale(SCALE, SCALE);
  paint(c);
  return c.getImageData(0, 0, canvas.width, canvas.height);
}

function strokes(colour: string, size: number, lines: number[][], width: number): ImageData {
  return draw(size, (c) => {
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.lineCap = "square";
    c.beginPath();
    for (const [x0, y0, x1, y1] of lines as [number, number, number, number][]) {
      c.moveTo(x0, y0);
      c.lineTo(x1, y1);
    }
    c.stroke();
  });
}

const diagonal = (n: number): number[][] => [[-2, 2, 2, -2], [0, n, n, 0], [n - 2, n + 2, n + 2, n - 2]];
const other = (n: number): number[][] => diagonal(n).map(([x0, y0, x1, y1]) => [n - x0!, y0!, n - x1!, y1!]);

function dots(colour: string, size: number): ImageData {
  return draw(size, (c) => {
    c.fillStyle = colour;
    for (const [x, y] of [[size / 4, size / 4], [(3 * size) / 4, (3 * size) / 4]]) {
      c.beginPath();
      c.arc(x!, y!, 1.1, 0, 2 * Math.PI);
      c.fill();
    }
  });
}

/** Width and height of the sign of a base, pixels. */
export const SIGN_PX = 26;

/** A base: the landing pad's H on its own plate, so that it reads on any ground. Upper left corner at the origin. */
export function drawBase(c: CanvasRenderingContext2D, ink = palette().ink): void {
  c.fillStyle = palette().panel;
  c.strokeStyle = ink;
  c.lineWidth = 1.6;
  c.beginPath();
  c.roundRect(3, 3, 20, 20, 5);
  c.fill();
  c.stroke();
  c.lineWidth = 2.2;
  c.lineCap = "round";
  c.beginPath();
  for (const [x0, y0, x1, y1] of [[9.5, 8.5, 9.5, 17.5], [16.5, 8.5, 16.5, 17.5], [9.5, 13, 16.5, 13]]) {
    c.moveTo(x0!, y0!);
    c.lineTo(x1!, y1!);
  }
  c.stroke();
}

export const baseSign = (): ImageData => draw(SIGN_PX, (c) => drawBase(c));

/** A kilometre post: a small stud on the line. */
export function drawPost(c: CanvasRenderingContext2D, x: number, y: number): void {
  const p = palette();
  c.fillStyle = p.ink;
  c.strokeStyle = p.casing;
  c.lineWidth = 1.2;
  c.beginPath();
  c.arc(x, y, 2.4, 0, 2 * Math.PI);
  c.fill();
  c.stroke();
}

/** All images by name, in the colours of the theme. */
function all(): Record<string, ImageData> {
  const z = palette().zone;
  const n = 10;
  return {
    // Only room: signs of bases and the line itself are drawn over the map, and no name may stand under them.
    base: draw(SIGN_PX, () => undefined),
    line: draw(10, () => undefined),
    "zone-alert": strokes(z.alert!, n, diagonal(n), 1.1),
    "zone-privacy": dots(z.privacy!, n),
    "zone-no-fly": strokes(z["no-fly"]!, n, [...diagonal(n), ...other(n)], 1),
    "zone-geofence": strokes("rgba(0,0,0,0)", n, [], 1),
  };
}

export function putImages(map: MapLibre): void {
  for (const [name, data] of Object.entries(all())) {
    if (map.hasImage(name)) map.updateImage(name, data);
    else map.addImage(name, data, { pixelRatio: SCALE });
  }
}
