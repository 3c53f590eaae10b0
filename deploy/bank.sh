#!/bin/sh
# 付款银行的位置 / A paying bank's place: checks every order file that comes, with the bank's own policies, again and again.
#   bank.sh OUTBOX POLICIES RESULTS    (OUTBOX/COUNTY/FILE, POLICIES/COUNTY.txt)
# 这里不付款 / nobody pays here. RESULTS/COUNTY/FILE.accepted or .refused says what the check came to.
set -u
outbox=$1 policies=$2 results=$3
trap 'exit 0' TERM INT
mkdir -p "$results"
while :; do
    for proof in "$outbox"/*/*.tlog-proof; do
        file=${proof%.tlog-proof}
        place=${file#"$outbox"/}
        if [ ! -f "$file" ] || [ -e "$results/$place.accepted" ] || [ -e "$results/$place.refused" ]; then continue; fi
        mkdir -p "$results/${place%/*}"
        if consolidator order check "$file" --policy "$policies/${place%/*}.txt"; then
            touch "$results/$place.accepted"
        else
            touch "$results/$place.refused"
        fi
    done
    touch "$results/looked"
    sleep 2 &
    wait $!
done
