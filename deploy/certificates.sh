#!/bin/sh
# 开发用证书 / Certificates for development, once: certificates.sh FOLDER
# 已有 ca.pem 就什么都不做:正式使用时放入本单位签发的证书。 Leaves a folder that has a ca.pem alone: yours go there.
set -eu
folder=$1
if [ -e "$folder/ca.pem" ]; then
    echo "已有证书 / certificates are there: $folder"
    exit 0
fi
consolidator certs dev --to "$folder" --host kafka \
    --name admin worker-1 worker-2 office-511112 office-511113 publisher-511112 publisher-511113 monitor \
    bank-102 bank-402 bank-403
# Kafka 要求密钥与证书在同一文件 / Kafka wants key and certificate in one file
umask 077
cat "$folder/broker.key" "$folder/broker.pem" >"$folder/broker-keystore.pem"
