#!/usr/bin/env bash
# One scan in continuous integration: settings from the environment, reports in a folder, the exit status of the scan.
# Values are taken as they are, a line each: nothing in them is run.
set -u

arguments=()
while IFS= read -r line; do
  [ -n "$line" ] && arguments+=("$line")
done <<<"${OTAUDIT_ARGUMENTS:-}"
[ -n "${OTAUDIT_BASELINE:-}" ] && arguments+=(--baseline "$OTAUDIT_BASELINE")
reports=${OTAUDIT_REPORTS:-otaudit-reports}
for name in results.json results.github.sarif results.codequality.json results.html junit.xml summary.txt; do
  arguments+=(-o "$reports/$name")
done
arguments+=(--fail-on "${OTAUDIT_FAIL_ON:-high}" --exclude "$reports/" --)
while IFS= read -r line; do
  [ -n "$line" ] && arguments+=("$line")
done <<<"${OTAUDIT_PATHS:-.}"

# these names are settings of otaudit scan otherwise
unset OTAUDIT_PATHS OTAUDIT_ARGUMENTS OTAUDIT_FAIL_ON OTAUDIT_BASELINE OTAUDIT_REPORTS
otaudit scan "${arguments[@]}"
status=$?
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  echo "status=$status" >>"$GITHUB_OUTPUT"
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$reports/summary.txt" ]; then
  # indented, so that no text of a device is markup
  sed 's/^/    /' "$reports/summary.txt" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$status"
