#!/usr/bin/env bash
# Fuzzes the review desk by its own OpenAPI document: no answer of 5xx, none that the document does not describe.
#
#     pip install schemathesis && benches/schemathesis.sh [EXAMPLES]
#
# Needs a built program and a pack (`make setup`).
set -euo pipefail
cd "$(dirname "$0")/.."
clinlink="${CLINLINK:-target/release/clinlink}"
folder=$(mktemp -d)
trap 'kill $server 2> /dev/null; wait $server 2> /dev/null || true; rm -rf "$folder"' EXIT
export CLINLINK_DB="$folder/desk.db" RUST_LOG=warn
password="correct horse battery"
for user in ada:admin lea:lead anna:coder; do
    echo "$password" | "$clinlink" user add "${user%:*}" --role "${user#*:}"
done
"$clinlink" import fixtures/medical-stay fixtures/surgical-stay
"$clinlink" serve --pipeline dictionary --listen 127.0.0.1:0 2> "$folder/log" &
server=$!
until url=$(grep -o 'http://[0-9.:]*' "$folder/log"); do sleep 0.2; done
failed=0
# First with names that do not exist, then with an episode and a review that do; the administrator last, who may lock others out.
touch "$folder/none.toml"
for user in anna ada; do
    curl -sf -c "$folder/cookie" -H 'Content-Type: application/json' \
        -d "{\"name\": \"$user\", \"password\": \"$password\"}" "$url/api/v1/session" > "$folder/session"
    csrf=$(grep -o '"csrf":"[0-9a-f]*"' "$folder/session" | cut -d'"' -f4)
    cookie=$(grep -o 'clinlink_session.*' "$folder/cookie" | tr '\t' '=')
    review=$(curl -sf -b "$folder/cookie" "$url/api/v1/episodes/medical-stay" | grep -o '"review":{"id":"[0-9a-f]*"' | cut -d'"' -f6)
    cat > "$folder/known.toml" << END
[parameters]
"path.id" = "medical-stay"
"path.review" = "$review"
"path.system" = "ICD-10-CM"
"path.code" = "I10"
END
    # Signing out, and another password, would end the session that the rest needs.
    for names in none known; do
        schemathesis --config-file "$folder/$names.toml" run "$url/openapi.json" --max-examples "${1:-50}" --request-timeout 30 \
            --header "Cookie: $cookie" --header "X-CSRF-Token: $csrf" \
            --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
            --exclude-path /api/v1/session --exclude-path /api/v1/session/password || failed=1
    done
done
grep -E 'ERROR|panic|internal error' "$folder/log" && failed=1
exit $failed
