# verifies one event that was kept in files: headers.txt, and body.json as it came
header() { sed -n "s/^$1: *\([^[:cntrl:]]*\).*/\1/Ip" headers.txt; }

key=$(printf '%s' "${WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d ' \n')
sent=$(header webhook-timestamp)
age=$(($(date +%s) - sent))
[ "${age#-}" -le 300 ] || { echo "too old"; exit 1; }

signature="v1,$({ printf '%s.%s.' "$(header webhook-id)" "$sent"; cat body.json; } |
  openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)"
case " $(header webhook-signature) " in
  *" $signature "*) echo "genuine" ;;
  *) echo "forged"; exit 1 ;;
esac
