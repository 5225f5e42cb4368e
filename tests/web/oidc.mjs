// The certified oidc-provider as the provider of the portal's staff.
// node oidc.mjs PORT CALLBACK JWKS: clients "by-secret" (client_secret_basic) and "by-key" (private_key_jwt).
// Says {"issuer"} once it listens; anybody may log in as anybody, the name says the role.
import Provider from "oidc-provider";

const [port, callback, jwks] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const client = {
  redirect_uris: [callback],
  grant_types: ["authorization_code"],
  response_types: ["code"],
};
const claims = {
  "executive_body": { komek_role: ["executive_body"], komek_region: "71" },
  "administrator": { komek_role: ["administrator"] },
  "nobody": {},
};

console.warn = console.info = () => {}; // its advice for production is not meant for tests
const provider = new Provider(issuer, {
  clients: [
    { ...client, client_id: "by-secret", client_secret: "a secret of at least thirty-two characters" },
    {
      ...client,
      client_id: "by-key",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      jwks: JSON.parse(jwks),
    },
  ],
  claims: { openid: ["sub"], profile: ["name", "komek_role", "komek_region"] },
  conformIdTokenClaims: false,
  cookies: { keys: ["one run"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: `Сынақ ${id}`, ...claims[id] }),
  }),
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(Number(port), "127.0.0.1", () => console.log(JSON.stringify({ issuer })));
