#!/usr/bin/env bash
# Runs every fuzz target for a while: scripts/fuzz.sh SECONDS. It fails where one
# finds something, and where fewer ran than stand in the sources. What was found is
# kept under testdata/fuzz, and every test run tries it again.
set -euo pipefail
cd "$(dirname "$0")/.."

each=${1:?give the seconds for each target: scripts/fuzz.sh 3}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A long run goes on where the last one ended. A short one would spend its time on
# reading what that has gathered, and so begins with the seeds.
corpus=$(go env GOCACHE)/fuzz
if [ "$each" -lt 60 ]; then
	corpus=$scratch/corpus
fi

written=$(grep -rhoE --exclude-dir=node_modules --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | wc -l)
mapfile -t folders < <(grep -rlE --exclude-dir=node_modules --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u)

# The last input may be under way when the time is over. The testing package then
# reports its own deadline as a failure, with nothing that was found.
overtime() {
	grep -qx ' *context deadline exceeded' "$scratch/said" && ! grep -qE 'Failing input|panic|_test\.go:' "$scratch/said"
}

ran=0 failed=()
for folder in "${folders[@]}"; do
	# One program for all targets of a package.
	go test -c -fuzz=Fuzz -o "$scratch/fuzz.test" "$folder"
	for target in $(cd "$folder" && "$scratch/fuzz.test" -test.list '^Fuzz'); do
		echo "Fuzzing $target in $folder for ${each}s"
		if (cd "$folder" && "$scratch/fuzz.test" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "${each}s" \
			-test.fuzzminimizetime 1x -test.fuzzcachedir "$corpus/$folder" >"$scratch/said" 2>&1) || overtime; then
			ran=$((ran + 1))
			tail -1 <(grep -oE 'execs: [0-9]+' "$scratch/said")
		else
			failed+=("$folder:$target")
			cat "$scratch/said"
		fi
	done
done

echo "$ran of $written fuzz targets ran for ${each}s each."
if [ ${#failed[@]} != 0 ]; then
	printf 'Found something: %s\n' "${failed[@]}"
	exit 1
fi
if [ "$ran" != "$written" ]; then
	echo "Some targets did not run; see which package does not list what stands in its sources."
	exit 1
fi
