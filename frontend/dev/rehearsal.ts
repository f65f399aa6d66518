/** A development server's stand-in for Lamina's own: GraphQL and its socket over a world in memory. */

import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { buildSchema, execute, graphql, parse, subscribe } from "graphql";
import { useServer } from "graphql-ws/use/ws";
import type { Plugin } from "vite";
import { WebSocketServer } from "ws";
import { serveRoom } from "./room.ts";
import { frame, makeWorld } from "./world.ts";

export function rehearsal(): Plugin {
  return {
    name: "lamina-rehearsal",
    apply: "serve",
    configureServer(server) {
      const schema = buildSchema(readFileSync(new URL("./target.graphql", import.meta.url), "utf8"));
      const world = makeWorld();
      server.middlewares.use("/graphql", (request, response) => {
        void readBody(request).then(async (body) => {
          const { query, variables } = JSON.parse(body);
          const answer = await graphql({ schema, source: query, rootValue: world.root, variableValues: variables });
          if (answer.errors) console.warn(answer.errors.map((error) => error.message).join("\n"));
          response.setHeader("Content-Type", "application/json");
          response.end(JSON.stringify(answer));
        });
      });
      const sockets = new WebSocketServer({ noServer: true });
      const rooms = new WebSocketServer({ noServer: true });
      server.httpServer?.on("upgrade", (request, socket, head) => {
        const path = request.url ?? "";
        if (path.startsWith("/graphql")) sockets.handleUpgrade(request, socket, head, (each) => sockets.emit("connection", each, request));
        else if (path.startsWith("/collab/")) rooms.handleUpgrade(request, socket, head, (each) => serveRoom(each, path, world.graphs));
      });
      const live = {
        ...world.root,
        changes: () => iterate((push: (value: object) => void) => {
          const listener = (change: object) => push({ changes: change });
          world.changes.add(listener);
          return () => world.changes.delete(listener);
        }),
        runFeed: ({ run, after }: { run: string; after: number }) => iterate((push: (value: object) => void) => {
          const played = world.playing.get(run);
          if (played === undefined) return () => undefined;
          let cursor = after;
          const send = () => {
            const next = frame(played, cursor);
            cursor = next.to;
            push({ runFeed: next });
          };
          send();
          const timer = setInterval(send, 1000);
          const listener = () => setTimeout(() => played.events.length > cursor && send(), 50);
          played.listeners.add(listener);
          return () => {
            clearInterval(timer);
            played.listeners.delete(listener);
          };
        }),
        runLogs: ({ run, node }: { run: string; node?: string }) => iterate((push: (value: object) => void) => {
          const played = world.playing.get(run);
          if (played === undefined) return () => undefined;
          let sent = 0;
          const send = () => {
            const lines = played.lines.slice(sent).filter((line) => !node || (line as { node: string }).node === node);
            const from = sent + 1;
            sent = played.lines.length;
            push({ runLogs: { kind: "EVENTS", from, to: sent, head: sent, at: new Date().toISOString(), lines } });
          };
          send();
          played.listeners.add(send);
          return () => played.listeners.delete(send);
        }),
      };
      useServer({ schema, roots: { subscription: live, query: world.root }, execute, subscribe, onSubscribe: (_context, _id, payload) => ({ schema, document: parse(payload.query), variableValues: payload.variables, rootValue: live }) as never }, sockets);
    },
  };
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let body = "";
    request.on("data", (part) => {
      body += String(part);
    });
    request.on("end", () => resolve(body));
  });
}

/** An async iterator over what a source pushes. */
function iterate(start: (push: (value: object) => void) => () => unknown): AsyncIterableIterator<object> {
  const waiting: object[] = [];
  let wake: ((result: IteratorResult<object>) => void) | undefined;
  const stop = start((value) => {
    if (wake === undefined) waiting.push(value);
    else {
      wake({ value, done: false });
      wake = undefined;
    }
  });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => {
      const value = waiting.shift();
      return value === undefined ? new Promise((resolve) => { wake = resolve; }) : Promise.resolve({ value, done: false });
    },
    return: () => {
      stop();
      wake?.({ value: undefined, done: true });
      return Promise.resolve({ value: undefined, done: true });
    },
  };
}
