#!/bin/sh
# Roll an image out: sh deploy/rollout.sh REGISTRY/NAME@sha256:… VERSION OVERLAY
#
# First the migration, with old processes still running; then every process, one pod after another.
# Where the migration fails nothing else is touched; where not all can be applied, or processes do
# not get ready, they go back to what ran before: services and rules of the network stay as they are
# then. Migrations stay: the version before works with them (tests/deploy).
set -eu
cd "$(dirname "$0")/.."
image=$1 version=$2 overlay=${3:?the folder of your overlay}
processes="web live worker upkeep beat"
namespace=chatsvg

folder=$(mktemp -d deploy/k8s/rollout.XXXXXX)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/kustomization.yaml" <<END
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: $namespace
resources: [../../../$overlay]
images: [{name: chatsvg, newName: "${image%@*}", digest: "${image#*@}"}]
configMapGenerator:
  - {name: chatsvg-settings, behavior: merge, literals: ["RELEASE=$version"]}
END
kubectl kustomize "$folder" > "$folder/all.yaml"

apply() {
    kubectl apply --namespace "$namespace" --filename "$folder/all.yaml" \
        --selector "app.kubernetes.io/component $1"
}

echo "== migrate"
kubectl delete job migrate --namespace "$namespace" --ignore-not-found --wait
apply "in (settings, network, migrate)"
while :; do # it ends: it has a deadline of its own
    state=$(kubectl get job migrate --namespace "$namespace" \
        --output 'jsonpath={.status.conditions[?(@.status=="True")].type}')
    case $state in
        *Complete*) break ;;
        *Failed*)
            kubectl logs job/migrate --namespace "$namespace" --tail 50 || true
            echo "The migration failed: nothing was rolled out." >&2
            exit 1
            ;;
    esac
    sleep 2
done

for process in $processes; do # what runs now, so that what was not replaced is not taken back
    kubectl get deployment "$process" --namespace "$namespace" --ignore-not-found \
        --output 'jsonpath={.metadata.annotations.deployment\.kubernetes\.io/revision}' \
        > "$folder/$process.revision"
done

go_back() {
    echo "$1: all processes go back." >&2
    for each in $processes; do
        revision=$(cat "$folder/$each.revision")
        [ -z "$revision" ] || kubectl rollout undo "deployment/$each" --namespace "$namespace" \
            --to-revision "$revision" || true
    done
    exit 1
}

echo "== roll out"
apply "notin (settings, network, migrate)" || go_back "Not all could be applied"
for process in $processes; do
    kubectl rollout status "deployment/$process" --namespace "$namespace" --timeout 10m ||
        go_back "$process did not get ready"
done
