// Follows a feed with graphql-ws's own client and goes on after the last position whenever the connection breaks:
// node subscriber.mjs ws://host/graphql 'Bearer …' feed, until its input ends. Lines of JSON: connected, closed with a code, seq.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, authorization, feed] = process.argv.slice(2);
const say = (line) => console.log(JSON.stringify(line));
const payload = {
  query: `subscription($after: Int) { ${feed}(after: $after) { seq __typename } }`,
  variables: { after: 0 },
};
const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: { authorization },
  retryAttempts: 1000,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
  shouldRetry: () => true,
  on: {
    connected: () => say({ connected: payload.variables.after }),
    closed: (event) => say({ closed: event.code }),
  },
});

const ended = new Promise((resolve, reject) => {
  const stop = client.subscribe(payload, {
    next: ({ data, errors }) => {
      if (errors) return reject(errors);
      payload.variables.after = data[feed].seq; // sent with the next connection
      say({ seq: data[feed].seq });
    },
    error: reject,
    complete: resolve,
  });
  process.stdin.on('end', stop).resume();
});
await ended;
await client.dispose();
