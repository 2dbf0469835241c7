// Who wants to know what. Events carry no data: a listener reads the store.
export type Topic =
  | "picture" // values of the shown picture changed
  | "turned" // another picture is shown (live <-> a moment) or the whole state was replaced
  | "link" // state of the connection
  | "hover" // kilometre pointed at
  | "ground" // cell of ground pointed at
  | "quality" // which looks count on the map of seen ground
  | "select" // chosen drone
  | "traffic" // other aircraft and ships
  | "look" // language, theme, layers: draw again
  | "moment" // replay clock moved
  | "whatif"; // a question to the planner, or its answer, changed

const listeners = new Map<Topic, Set<() => void>>();

export function on(topic: Topic, f: () => void): void {
  let set = listeners.get(topic);
  if (!set) listeners.set(topic, (set = new Set()));
  set.add(f);
}

export function emit(topic: Topic): void {
  for (const f of listeners.get(topic) ?? []) f();
}
