#!/bin/bash
# Makes every secret once; a later start finds them and changes nothing. Runs without a network.
set -euo pipefail
umask 077
MONGODB=999 # the user of the mongo image
PORTAL=10001 # the user of our image (Dockerfile)

make_once() { # file: the bytes on the input become its content, complete or not at all
  [ -s "$1" ] && { cat >/dev/null; return; }
  cat >"$1.new"
  mv "$1.new" "$1"
}
random() { head -c "$1" /dev/urandom; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

random 700 | base64 -w0 | make_once /mongo/set.key
random 24 | hex | make_once /mongo/root.password
random 24 | hex | make_once /mongo/portal.password
random 32 | hex | make_once /portal/master_key
printf 'mongodb://portal:%s@mongo1,mongo2,mongo3/?replicaSet=komek&authSource=admin' "$(cat /mongo/portal.password)" |
  make_once /portal/mongodb_url

chmod 400 /mongo/* /portal/*
chown -R $MONGODB:$MONGODB /mongo
chown -R $PORTAL:$PORTAL /portal
chmod 500 /mongo /portal
chown $PORTAL:$PORTAL /keys # the first server makes the keys that sign tokens
chmod 700 /keys
