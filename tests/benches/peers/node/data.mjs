// What every peer in Node shares: the database, the facts the harness wrote for them, and rows shaped in one go.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import DataLoader from "dataloader";
import { BSON, MongoClient } from "mongodb";

const { values } = parseArgs({
  options: { port: { type: "string" }, mongo: { type: "string" }, facts: { type: "string" } },
});
export const port = Number(values.port);
const facts = BSON.EJSON.parse(readFileSync(values.facts, "utf8"), { relaxed: false });
const plain = JSON.parse(readFileSync(values.facts, "utf8"));

const client = await new MongoClient(values.mongo).connect();
const database = client.db("komek");
const listings = database.collection("listings");
const suppliers = database.collection("suppliers");
const newest = { published_at: -1, _id: -1 };
const { card: CARD, brief: BRIEF, supplier: SUPPLIER } = plain.projections;

const globalId = (kind, id) => Buffer.from(`${kind}:${id.toHexString()}`).toString("base64url");
const localId = (id) => new BSON.ObjectId(Buffer.from(id, "base64url").toString().split(":")[1]);
const localised = (texts) => ({ ...texts, text: texts.ru || texts.kk || texts.en || "" });

function money(tiyn) {
  const whole = Math.trunc(tiyn / 100);
  const rest = tiyn % 100;
  const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
  const cents = String(rest).padStart(2, "0");
  return {
    amount: rest ? `${whole}.${cents}` : String(whole),
    currency: "KZT",
    text: `${grouped}${rest ? `,${cents}` : ""}\u00a0₸`,
  };
}

const shown = {
  boolean: (item, value) => (value ? plain.answers.yes : plain.answers.no),
  localised_text: (item, value) => value.ru || value.kk || "",
  choice: (item, value) => item.choices[value] ?? value,
  multi_choice: (item, value) => value.map((one) => item.choices[one] ?? one).join(", "),
  decimal: (item, value) => String(Number(value.toPrecision(6))),
};

function answer(known, { code, value }) {
  const item = known[code];
  const show = shown[item.type];
  return { code, name: item.name, value: show ? show(item, value) : String(value), unit: item.unit };
}

function card(row) {
  const known = plain.definitions[`${row.category}|${row.definition_version}`];
  return {
    __typename: "Listing",
    id: globalId("Listing", row._id),
    title: row.title,
    description: localised(row.description),
    direction: row.direction.toUpperCase(),
    categoryCode: row.category,
    version: row.version,
    publishedAt: row.published_at.toISOString(),
    regions: row.regions,
    price: money(row.price),
    characteristics: row.characteristics.map((one) => answer(known, one)),
    owner: row.supplier,
  };
}

const brief = (row) => ({ id: globalId("Listing", row._id), title: row.title, price: money(row.price) });

const supplier = (row) => ({
  row: row._id,
  id: globalId("Supplier", row._id),
  kind: row.supplier_kind.toUpperCase(),
  name: row.name && localised(row.name),
  region: row.region,
  directions: row.directions.map((one) => one.toUpperCase()),
});

async function page(_, { first, filter }) {
  const [range] = filter.ranges;
  const key = [filter.category, filter.region, range.code, range.minimum, range.maximum].join("|");
  const question = facts.filters[key];
  const options = { projection: CARD, sort: { price_rank: 1, _id: 1 }, limit: first + 1, hint: "keys_price" };
  const rows = await listings.find(question, options).toArray();
  return { nodes: rows.slice(0, first).map(card), pageInfo: { hasNextPage: rows.length > first } };
}

async function node(_, { id }) {
  const row = await listings.findOne({ _id: localId(id) }, { projection: CARD });
  return row && card(row);
}

async function recent(_, { first }) {
  const options = { projection: SUPPLIER, sort: { registered_at: -1, _id: -1 }, limit: first };
  const rows = await suppliers.find({ registered_at: { $ne: null } }, options).toArray();
  return { nodes: rows.map(supplier) };
}

async function suppliersOf(ids) {
  const rows = await suppliers.find({ _id: { $in: ids } }, { projection: SUPPLIER }).toArray();
  const found = new Map(rows.map((row) => [row._id.toHexString(), supplier(row)]));
  return ids.map((id) => found.get(id.toHexString()));
}

async function listingsOf(keys) {
  const most = Math.max(...keys.map((key) => key.first));
  const pipeline = [{ $sort: newest }, { $limit: most }, { $project: BRIEF }];
  const rows = await suppliers
    .aggregate([
      { $match: { _id: { $in: keys.map((key) => key.row) } } },
      { $project: { _id: 1 } },
      { $lookup: { from: "listings", localField: "_id", foreignField: "supplier", pipeline, as: "listings" } },
    ])
    .toArray();
  const found = new Map(rows.map((row) => [row._id.toHexString(), row.listings]));
  return keys.map(({ row, first }) => ({ nodes: found.get(row.toHexString()).slice(0, first).map(brief) }));
}

export const context = () => ({
  suppliers: new DataLoader(suppliersOf, { cacheKeyFn: (id) => id.toHexString() }),
  listings: new DataLoader(listingsOf, { cacheKeyFn: ({ row, first }) => `${row.toHexString()}|${first}` }),
});

export const typeDefs = readFileSync(new URL("../schema.graphql", import.meta.url), "utf8");
export const resolvers = {
  Query: { listings: page, node, suppliers: recent },
  Node: { __resolveType: (value) => value.__typename },
  Listing: { supplier: ({ owner }, _, given) => given.suppliers.load(owner) },
  Supplier: { listings: ({ row }, { first }, given) => given.listings.load({ row, first }) },
};
