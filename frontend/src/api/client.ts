import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "urql";
import { socket } from "./socket";

const CSRF_COOKIES = ["__Host-csrf", "csrftoken"] as const;

export function csrfToken(cookies: string = document.cookie): string {
  for (const part of cookies.split(";")) {
    const [name, value] = part.trim().split("=", 2);
    if (CSRF_COOKIES.some((each) => each === name)) return decodeURIComponent(value ?? "");
  }
  return "";
}

export const client = new Client({
  url: "/graphql",
  preferGetMethod: false,
  requestPolicy: "cache-and-network",
  fetchOptions: () => ({ credentials: "same-origin", headers: { "X-CSRFToken": csrfToken() } }),
  exchanges: [
    cacheExchange,
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query, variables }) => ({
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query: query ?? "", variables: variables ?? {} }, sink as never),
        }),
      }),
    }),
  ],
});
