#!/bin/sh
# 试用集群的准备,可重复运行 / What a cluster for trying out needs before it runs; what is there already stays:
#   setup.sh FOLDER CLUSTER ADMIN LOGS NAME=URL…
# FOLDER takes homes, samples and all else; CLUSTER is cluster.toml; ADMIN.pem and ADMIN.key may make topics; counties'
# logs are published below LOGS; each witness has a name and an address.
# 数据和县区密钥由种子生成,仅供演示 / generated data, and keys that anybody can make again: for demonstration only.
set -eu
folder=$1 cluster=$2 admin=$3 logs=$4
shift 4
counties="511112 511113" banks="102 402 403"

make_sample() { # COUNTY
    if [ -d "$folder/samples/$1" ]; then return; fi
    rm -rf "$folder/samples/$1.new"
    consolidator sample --to "$folder/samples/$1.new" --county "$1" --seed "$1" --lines 500
    mv "$folder/samples/$1.new" "$folder/samples/$1"
}

make_witness() { # NAME VKEY [--url URL --follow]
    home=$folder/witnesses/$1 name=$1 vkey=$2
    shift 2
    if [ ! -d "$home" ]; then
        consolidator witness init --home "$home" --name "$name.example/witness" --log "$vkey" "$@"
    elif ! grep -qF "$vkey" "$home/witness.toml"; then
        consolidator witness add --home "$home" --log "$vkey" "$@"
    fi
}

write_quorum() { # NAME=URL…:四个见证方中任意三个 / any three of four
    names="" rows=""
    for each in "$@"; do
        name=${each%%=*}
        vkey=$(consolidator witness status --home "$folder/witnesses/$name" | sed -n '1s/.* //p')
        case $name in witness-1 | witness-2) follows=true ;; *) follows=false ;; esac
        row="{\"name\": \"$name\", \"vkey\": \"$vkey\", \"url\": \"${each#*=}\", \"follows\": $follows}"
        rows="$rows${rows:+, }$row" names="$names${names:+, }\"$name\""
    done
    group="{\"name\": \"three-of-four\", \"threshold\": 3, \"members\": [$names]}"
    echo "{\"type\": \"witnesses\", \"witnesses\": [$rows], \"groups\": [$group], \"quorum\": \"three-of-four\"}"
}

make_home() { # COUNTY
    home=$folder/homes/$1
    if [ ! -e "$folder/samples/$1.submitted" ]; then
        if [ ! -d "$home/keys" ]; then
            consolidator init --home "$home" --county "$1" --sample "$folder/samples/$1" \
                --quorum "$folder/quorum.json" --cluster "$cluster"
        fi
        consolidator submit --home "$home" "$folder/samples/$1"
        touch "$folder/samples/$1.submitted"
    fi
    # 银行等自己保存的策略;正式使用时由另一渠道取得 / the policy that banks keep: in real use it comes another way
    cp "$home/policy.txt" "$folder/policies/$1.txt"
}

write_policy() { # COUNTY:登记监测方,各银行自己的密钥 / registers the monitor, and the keys that banks made themselves
    vkey=$(consolidator key show "$folder/monitor/keys/monitor.key")
    cat >"$folder/samples/$1.policy.toml" <<END
[source.monitor]
name = "示例市监测"
type = "monitor"

[officer.monitor]
key = "$vkey"
source = "monitor"
person = "M-monitor"
role = "supervisor"
kinds = ["finding"]
programmes = ["*"]
regions = ["$1"]
END
    for bank in $banks; do
        vkey=$(consolidator key show "$folder/banks/$bank/keys/bank.key")
        cat >>"$folder/samples/$1.policy.toml" <<END

[officer.bank-$bank-results]
key = "$vkey"
source = "bank-$bank"
person = "B-$bank"
role = "adapter"
kinds = ["results"]
programmes = ["*"]
regions = ["$1"]
END
    done
}

make_bank() { # BANK
    mkdir -p "$folder/banks/$1"
    if [ ! -e "$folder/banks/$1/keys/bank.key" ]; then
        consolidator key new --name "bank-$1-results" --to "$folder/banks/$1/keys/bank.key"
    fi
}

consolidator topics apply --cluster "$cluster" --cert "$admin.pem" --cert-key "$admin.key"
for each in samples homes witnesses snapshots state policies; do mkdir -p "$folder/$each"; done
for bank in $banks; do make_bank "$bank"; done
for county in $counties; do
    mkdir -p "$folder/public/$county"
    make_sample "$county"
    vkey=$(consolidator key show "$folder/samples/$county/keys/log.key")
    for each in "$@"; do
        case ${each%%=*} in
        witness-1 | witness-2) make_witness "${each%%=*}" "$vkey" --url "$logs/$county" --follow ;;
        *) make_witness "${each%%=*}" "$vkey" ;;
        esac
    done
done
if [ ! -e "$folder/quorum.json" ]; then
    write_quorum "$@" >"$folder/quorum.json.new"
    mv "$folder/quorum.json.new" "$folder/quorum.json"
fi
if [ ! -d "$folder/monitor/keys" ]; then consolidator monitor init --home "$folder/monitor" --source monitor; fi
for county in $counties; do
    make_home "$county"
    write_policy "$county"
done
