# The server and the worker: one image, two commands. MongoDB is elsewhere (docker-compose.yml).
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
# Without the embedded mongod, which is for laptops, and without the tools that check the portal.
COPY requirements-run.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /portal komek
WORKDIR /portal
COPY --from=packages /venv /venv
COPY . .
USER komek
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
EXPOSE 8000
ENTRYPOINT ["/venv/bin/python", "app.py"]
CMD ["serve"]
