// Starts GraphiQL on the page of web/graphiql.py; addresses come from the page, nothing from outside.
"use strict";

const place = document.getElementById("graphiql");
const address = new URL(place.dataset.endpoint, location.href);
const sockets = new URL(address);
sockets.protocol = address.protocol === "https:" ? "wss:" : "ws:";

// Over a socket the headers of the editor become the payload of `connection_init`.
const fetcher = GraphiQL.createFetcher({ url: address.href, subscriptionUrl: sockets.href });

ReactDOM.createRoot(place).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: place.dataset.query,
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
  }),
);
