export function moduleParams(name: string): { team: string; name: string } {
  const [team = "", short = ""] = name.split("/");
  return { team, name: short };
}
