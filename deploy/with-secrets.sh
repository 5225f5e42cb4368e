#!/bin/sh
# Hands the secrets of their volume to the portal as settings, and becomes the portal.
set -eu
MONGODB_URL=$(cat /secrets/mongodb_url)
MASTER_KEY=$(cat /secrets/master_key)
export MONGODB_URL MASTER_KEY
exec /venv/bin/python /portal/app.py "$@"
