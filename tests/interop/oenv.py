"""Opens and makes sealed values (suite 01), written from the text of the format alone.

Reads one JSON object a line: {"do": "open" | "seal", "context": {...}, "mek": hex, "stored": hex} or, to seal,
{"key": ..., "version": ..., "plaintext": hex}. Answers one line each: {"plaintext": hex}, {"stored": hex} or
{"refused": true}. Needs the package `cryptography`.
"""

import hashlib
import hmac
import json
import os
import struct
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7

SEALED_AND_PATH = 3


class Refused(Exception):
    """The bytes are not a value of this context."""


def need(condition):
    if not condition:
        raise Refused


def context_digest(context):
    digest = hashlib.sha256(b"oenv/1 context\0")
    names = ["cluster", "cluster_tenancy", "key_tenancy", "provider", "resource", "path"]
    for tag, name in enumerate(names, start=1):
        value = context[name].encode()
        digest.update(bytes([tag]) + struct.pack(">H", len(value)) + value)
    return digest.digest()


def wrapping_key(mek, salt):
    info = b"oenv/1 wrap" + b"\x01" + struct.pack(">H", len(mek))
    return HKDF(algorithm=hashes.SHA256(), length=len(mek), salt=salt, info=info).derive(mek)


def tag_of(mac_key, associated, iv, ciphertext):
    length = struct.pack(">Q", 8 * len(associated))
    return hmac.new(mac_key, associated + iv + ciphertext + length, hashlib.sha512).digest()[:32]


def path_suffix(context):
    path = context["path"].encode()
    return struct.pack(">I", len(path)) + path


def open_value(context, mek, stored):
    prefix = b"k8s:enc:kms:v1:" + context["provider"].encode() + b":"
    need(stored.startswith(prefix))
    rest = stored[len(prefix):]
    need(len(rest) >= 2)
    (length,) = struct.unpack(">H", rest[:2])
    blob, body = rest[2:2 + length], rest[2 + length:]
    need(len(blob) == length and len(body) >= 32 and len(body) % 16 == 0)

    need(blob[:7] == b"OENV\x01\x01" + bytes([SEALED_AND_PATH]))
    at = 7
    for _ in range(2):
        need(at < len(blob))
        at += 1 + blob[at]
    need(blob[at:at + 32] == context_digest(context))
    header = blob[:at + 32]
    at += 32
    (wrapped_length,) = struct.unpack(">H", blob[at:at + 2])
    wrapped = blob[at + 2:at + 2 + wrapped_length]
    tag = blob[at + 2 + wrapped_length:]
    need(len(tag) == 32)

    salt, nonce, box = wrapped[:32], wrapped[32:44], wrapped[44:]
    try:
        cek = AESGCM(wrapping_key(mek, salt)).decrypt(nonce, box, header)
    except Exception as error:
        raise Refused from error
    need(len(cek) == 64)
    mac_key, dek = cek[:32], cek[32:]
    iv, ciphertext = body[:16], body[16:]
    associated = stored[:len(prefix) + 2 + length - 32] + path_suffix(context)
    need(hmac.compare_digest(tag, tag_of(mac_key, associated, iv, ciphertext)))
    decryptor = Cipher(algorithms.AES(dek), modes.CBC(iv)).decryptor()
    unpadder = PKCS7(128).unpadder()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


def seal_value(context, mek, key, version, plaintext):
    names = b"".join(bytes([len(name)]) + name for name in (key.encode(), version.encode()))
    header = b"OENV\x01\x01" + bytes([SEALED_AND_PATH]) + names + context_digest(context)
    cek, iv, salt, nonce = os.urandom(64), os.urandom(16), os.urandom(32), os.urandom(12)
    wrapped = salt + nonce + AESGCM(wrapping_key(mek, salt)).encrypt(nonce, cek, header)
    untagged = header + struct.pack(">H", len(wrapped)) + wrapped
    prefix = b"k8s:enc:kms:v1:" + context["provider"].encode() + b":"
    head = prefix + struct.pack(">H", len(untagged) + 32)
    padder = PKCS7(128).padder()
    padded = padder.update(plaintext) + padder.finalize()
    encryptor = Cipher(algorithms.AES(cek[32:]), modes.CBC(iv)).encryptor()
    ciphertext = encryptor.update(padded) + encryptor.finalize()
    tag = tag_of(cek[:32], head + untagged + path_suffix(context), iv, ciphertext)
    return head + untagged + tag + iv + ciphertext


def answer(task):
    context, mek = task["context"], bytes.fromhex(task["mek"])
    try:
        if task["do"] == "open":
            return {"plaintext": open_value(context, mek, bytes.fromhex(task["stored"])).hex()}
        plaintext = bytes.fromhex(task["plaintext"])
        return {"stored": seal_value(context, mek, task["key"], task["version"], plaintext).hex()}
    except Refused:
        return {"refused": True}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
