#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mail server for tests, on a port of this machine that it prints. Ends when its input ends.

In FOLDER it keeps each mail as mail-N.eml, what its parser read in it as mail-N.json, and takes its
orders from the file "mode", read anew for each command:
    STAGE CODE TEXT      answer so (STAGE: mail, rcpt, data)
    drop STAGE           close the connection
    slow STAGE SECONDS   wait before answering
    only ADDRESS CODE TEXT   refuse this recipient

Usage: smtp_server.py FOLDER [--auth] [--tls CERTIFICATE KEY]
"""
import asyncio
import base64
import email
import email.policy
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


def read(content):
    """The mail as the standard library's parser sees it."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    lines = content.replace(b"\r\n", b"")
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "raw_lines": max(len(line) for line in content.split(b"\r\n")),
        "bare": lines.count(b"\n") + lines.count(b"\r"),
        "defects": [str(d) for part in message.walk() for d in part.defects],
        "type": message.get_content_type(),
        "text": text.get_content().replace("\r\n", "\n") if text else None,
        "html": html.get_content().replace("\r\n", "\n") if html else None,
        "files": [{"name": part.get_filename(), "type": part.get_content_type(),
                   "data": base64.b64encode(part.get_payload(decode=True)).decode()}
                  for part in message.iter_attachments()],
    }


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.mails = 0

    async def obey(self, stage, server, address=""):
        mode = self.folder / "mode"
        words = mode.read_text("utf-8").split(" ", 2) if mode.exists() else []
        if words[:1] == [stage]:
            return " ".join(words[1:])
        if words[:2] == ["drop", stage]:
            server.transport.abort()
        if words[:2] == ["slow", stage]:
            await asyncio.sleep(float(words[2]))
        if words[:2] == ["only", address]:
            return words[2]
        return None

    async def handle_MAIL(self, server, session, envelope, address, options):
        answer = await self.obey("mail", server)
        if answer is None:
            envelope.mail_from = address
        return answer or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = await self.obey("rcpt", server, address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = await self.obey("data", server)
        if answer is not None:
            return answer
        self.mails += 1
        told = read(envelope.content)
        told.update({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                     "peer": session.peer[1], "tls": session.ssl is not None,
                     "user": bool(session.authenticated)})
        (self.folder / f"mail-{self.mails}.eml").write_bytes(envelope.content)
        (self.folder / f"mail-{self.mails}.json").write_text(json.dumps(told), "utf-8")
        return "250 OK"


def authenticator(server, session, envelope, mechanism, auth):
    known = (auth.login, auth.password) == (b"shop@example.com", b"s3cret:x")
    return AuthResult(success=known, handled=False)


async def main():
    folder = pathlib.Path(sys.argv[1])
    options = sys.argv[2:]
    handler = Handler(folder)
    settings = {"hostname": "mail.example.com", "enable_SMTPUTF8": False}
    if "--tls" in options:
        at = options.index("--tls")
        settings["tls_context"] = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        settings["tls_context"].load_cert_chain(options[at + 1], options[at + 2])
    if "--auth" in options:
        settings.update(authenticator=authenticator, auth_required=True,
                        auth_require_tls="--tls" in options)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, **settings), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
