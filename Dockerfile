# One image for every process: `docker run IMAGE web|live|worker|upkeep|beat|migrate`.
#
# The base is named by its exact version. For a build that cannot change under you, name its digest:
#   docker build --build-arg PYTHON=python:3.13.9-slim-bookworm@sha256:… .
ARG PYTHON=python:3.13.9-slim-bookworm

# --- What is installed: exact versions, checked by their hashes, wheels alone ---
FROM ${PYTHON} AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY deploy/requirements-image.txt /tmp/
RUN python -m venv --without-pip /app/.venv \
    && python -m pip --python /app/.venv/bin/python install --quiet \
        --require-hashes --no-deps --only-binary :all: -r /tmp/requirements-image.txt

# --- Our files, and the static ones under their hashed and compressed names ---
FROM packages AS code
WORKDIR /app
COPY manage.py pyproject.toml ./
COPY chatsvg chatsvg
COPY accounts accounts
COPY credits credits
COPY generations generations
COPY realtime realtime
COPY templates templates
COPY static static
# settings want to be complete; nothing is connected to, and the secrets end with this command
RUN random() { python -c 'import secrets; print(secrets.token_urlsafe(64))'; } \
    && DATABASE_URL=postgresql://nowhere/chatsvg REDIS_URL=redis://nowhere/0 \
        PUBLIC_URL=https://nowhere.invalid ALLOWED_HOSTS=nowhere.invalid \
        SECRET_KEY="$(random)" JWT_SECRET="$(random)" \
        .venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && .venv/bin/python -m compileall -q accounts chatsvg credits generations realtime

# --- What runs: Python, fonts for text in exported pictures, and the above; no pip, no compiler ---
FROM ${PYTHON}
# (fonts: whichever Debian's release has; a version would vanish from its mirrors)
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --quiet --no-install-recommends fonts-dejavu-core fonts-liberation \
    && rm -rf /var/lib/apt/lists/* /usr/local/lib/python3*/site-packages/pip* \
        /usr/local/lib/python3*/ensurepip /usr/local/bin/pip*
COPY --from=code /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PRODUCTION=true \
    PORT=8000 \
    CHATSVG_DIR=/tmp/chatsvg
# The file system may be read-only: what is written lies in /tmp (a tmpfs will do).
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
# Each kind of process is asked in its own way.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "chatsvg.alive"]
ENTRYPOINT ["python", "-m", "chatsvg.start"]
CMD ["web"]
