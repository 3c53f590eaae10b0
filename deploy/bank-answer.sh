#!/bin/sh
# 模拟一家银行的答复:没有付款,结果是编出来的 / A bank's answer, simulated: nobody pays, the results are made up.
#   bank-answer.sh FOLDER CLUSTER BANK [--failed N] [--unknown N] [--returned N] [--on DAY]
# 本行收到的代发文件逐县作答,并报送给该县 / Answers the order files in FOLDER/banks/BANK, and sends each county its own.
set -eu
folder=$1 cluster=$2 bank=$3
shift 3
place=$folder/banks/$bank
for policy in "$folder"/policies/*.txt; do
    county=$(basename "$policy" .txt)
    if [ ! -d "$place/$county" ]; then continue; fi
    consolidator bank answer "$place/$county" --out "$place/answers/$county" "$@"
    consolidator submit --cluster "$cluster" --county "$county" --spool "$place/spools/$county" \
        --adapter-key "$place/keys/bank.key" --source "bank-$bank" --profile "results-$bank" "$place/answers/$county"
done
