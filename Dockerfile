# The portal and its worker, one image: `portal run` serves, `portal worker` works.
FROM python:3.11-slim-bookworm AS build

WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/lectern \
    && /opt/lectern/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY portal portal
COPY lti lti
COPY templates templates
COPY static static
COPY courses courses
RUN /opt/lectern/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm

# Pango and HarfBuzz draw the certificates, the Noto fonts carry the names of everyone on them.
RUN apt-get update \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-core fonts-noto-cjk poppler-utils \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/lectern --create-home --shell /usr/sbin/nologin lectern

COPY --from=build /opt/lectern /opt/lectern
ENV PATH=/opt/lectern/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PORTAL_DATA_DIR=/var/lib/lectern \
    PORTAL_LOG_FORMAT=json
USER lectern
WORKDIR /var/lib/lectern
VOLUME /var/lib/lectern
EXPOSE 8000
CMD ["portal", "run", "--host", "0.0.0.0", "--port", "8000"]
