#!/bin/sh
# Makes a certificate for the name "rates" once, and adds it to the authorities that the other containers trust.
set -eu
cd /certificates
if [ ! -f rates.pem ]; then
    umask 077
    openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj /CN=rates -addext subjectAltName=DNS:rates \
        -keyout key.pem -out certificate.pem
    cat certificate.pem key.pem > rates.pem.new
    mv rates.pem.new rates.pem
    umask 022
    cat /etc/ssl/certs/ca-certificates.crt certificate.pem > authorities.pem.new
    mv authorities.pem.new authorities.pem
    rm key.pem
fi
exec python3 /opt/rates/rates.py --host 0.0.0.0 --port 8443 --certificate rates.pem
