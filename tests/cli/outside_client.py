#!/usr/bin/python3
"""Calls the API as a program that shares no code with Holdfast: the .proto files, grpcio and a device's identity.

outside_client.py PROTOC PROTO_DIR IDENTITY ADDRESS < calls > answers
Calls: [{"method": "holdfast.v1.AccountService/CreateAccount", "request": {proto JSON} or "hex of raw bytes"}, ...]
Answers: [{"code": "OK", "response": {proto JSON}} or {"code", "message", "reason", "fields"}, ...]
"""
import glob, json, os, subprocess, sys, tempfile

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def load(protoc, proto_dir):
    with tempfile.TemporaryDirectory() as work:
        out = os.path.join(work, "descriptors")
        files = sorted(glob.glob(os.path.join(proto_dir, "holdfast/v1/*.proto")))
        subprocess.run([protoc, "-I", proto_dir, "--include_imports", "--descriptor_set_out=" + out] + files, check=True)
        with open(out, "rb") as stored:
            descriptors = descriptor_pb2.FileDescriptorSet.FromString(stored.read())
    pool = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        pool.Add(file)
    return pool, message_factory.MessageFactory(pool)


def connect(identity_path, address):
    with open(identity_path, encoding="utf-8") as stored:
        identity = json.load(stored)
    credentials = grpc.ssl_channel_credentials(
        identity["ca_certificate"].encode(), identity["private_key"].encode(), identity["certificate"].encode())
    name = identity["vault_id"] + ".holdfast.internal"
    return grpc.secure_channel(address, credentials, [("grpc.ssl_target_name_override", name)])


def answer_of(error, pool, factory):
    answer = {"code": error.code().name, "message": error.details(), "reason": "", "fields": []}
    trailers = dict(error.trailing_metadata() or ())
    kind = lambda name: factory.GetPrototype(pool.FindMessageTypeByName("holdfast.v1." + name))
    for detail in kind("ErrorStatus").FromString(trailers.get("grpc-status-details-bin", b"")).details:
        if detail.type_url.endswith("ErrorInfo"):
            answer["reason"] = kind("ErrorInfo").FromString(detail.value).reason
        if detail.type_url.endswith("BadRequest"):
            violations = kind("BadRequest").FromString(detail.value).field_violations
            answer["fields"] = [violation.field for violation in violations]
    return answer


def call(channel, pool, factory, wanted):
    service, method = wanted["method"].split("/")
    descriptor = pool.FindServiceByName(service).FindMethodByName(method)
    request = wanted["request"]
    if isinstance(request, str):
        body = bytes.fromhex(request)
    else:
        body = json_format.ParseDict(request, factory.GetPrototype(descriptor.input_type)()).SerializeToString()
    unary = channel.unary_unary("/" + wanted["method"],
                                response_deserializer=factory.GetPrototype(descriptor.output_type).FromString)
    try:
        response = unary(body, timeout=30)
    except grpc.RpcError as error:
        return answer_of(error, pool, factory)
    return {"code": "OK", "response": json_format.MessageToDict(response)}


def main(protoc, proto_dir, identity, address):
    pool, factory = load(protoc, proto_dir)
    with connect(identity, address) as channel:
        json.dump([call(channel, pool, factory, wanted) for wanted in json.load(sys.stdin)], sys.stdout)


main(*sys.argv[1:])
