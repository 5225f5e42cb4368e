// Joins the three members into one set and makes the portal's user. May run any number of times.
const fs = require("fs");
const secret = (name) => fs.readFileSync(`/secrets/${name}`, "utf8").trim();
const credentials = `root:${secret("root.password")}`;
const hosts = ["mongo1:27017", "mongo2:27017", "mongo3:27017"];
const NOT_YET_INITIALIZED = 94;

function initiateOnce() {
  const first = new Mongo(`mongodb://${credentials}@${hosts[0]}/?authSource=admin&directConnection=true`);
  const admin = first.getDB("admin");
  try {
    admin.runCommand({ replSetGetStatus: 1 });
  } catch (error) {
    if (error.code !== NOT_YET_INITIALIZED) throw error;
    const members = hosts.map((host, number) => ({ _id: number, host }));
    admin.runCommand({ replSetInitiate: { _id: "komek", members } });
  }
}

function makeUser() {
  const set = new Mongo(`mongodb://${credentials}@${hosts.join(",")}/?authSource=admin&replicaSet=komek`);
  const admin = set.getDB("admin");
  const roles = ["readWrite", "dbAdmin"].map((role) => ({ role, db: "komek" }));
  const pwd = secret("portal.password");
  const known = admin.runCommand({ usersInfo: "portal" }).users.length > 0;
  admin.runCommand({ [known ? "updateUser" : "createUser"]: "portal", pwd, roles });
}

initiateOnce();
makeUser();
print("The replica set komek is ready.");
