/* SPDX-License-Identifier: MIT */
/* A call over libcurl with limits, an HTTP request and what its answer means. */
#include "curl_call.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

enum { CURL_CALL_CONNECT_MS = 10000 };

void example_curl_begin(CURL *curl, const char *protocols, const char *ca_file, long timeout_ms)
{
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                     timeout_ms < CURL_CALL_CONNECT_MS ? timeout_ms : (long)CURL_CALL_CONNECT_MS);
    if (ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file);
}

CURLcode example_curl_run(CURL *curl)
{
    const struct timespec now = { 0, 0 };
    sigset_t pipe, before, pending;

    /* The TLS library writes to a connection the other side has closed. */
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    sigemptyset(&pending);
    sigpending(&pending);
    bool was = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    CURLcode code = curl_easy_perform(curl);
    if (!was)
        sigtimedwait(&pipe, NULL, &now);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

/* --- Where webhooks may not go --- */

static bool curl_call_private4(uint32_t ip)
{
    static const struct {
        uint32_t net;
        int bits;
    } nets[] = { { 0x00000000, 8 },  { 0x0a000000, 8 },  { 0x64400000, 10 }, { 0x7f000000, 8 },
                 { 0xa9fe0000, 16 }, { 0xac100000, 12 }, { 0xc0a80000, 16 }, { 0xe0000000, 3 } };

    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++)
        if ((ip ^ nets[i].net) >> (32 - nets[i].bits) == 0)
            return true;
    return false;
}

static bool curl_call_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return curl_call_private4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return true;
    struct sockaddr_in6 in6;
    uint32_t last;
    memcpy(&in6, address, sizeof in6);
    memcpy(&last, in6.sin6_addr.s6_addr + 12, sizeof last);
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
        return curl_call_private4(ntohl(last));
    return (in6.sin6_addr.s6_addr[0] & 0xe0) != 0x20; /* 2000::/3 is what is routed publicly */
}

static curl_socket_t curl_call_open(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)user;
    (void)purpose;
    if (curl_call_private(&address->addr))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

void example_curl_public_only(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, curl_call_open);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* a proxy would reach what this may not */
}

/* --- Reasons --- */

static void curl_call_reason(acrm_sent *sent, const char *reason)
{
    size_t len = strlen(reason);

    len = len < sizeof sent->reason ? len : sizeof sent->reason - 1;
    memcpy(sent->reason, reason, len);
    sent->reason[len] = '\0';
}

void example_curl_reason(acrm_sent *sent, CURLcode code)
{
    static const struct {
        CURLcode code;
        const char *reason;
    } reasons[] = {
        { CURLE_COULDNT_RESOLVE_HOST, "the host's name is not known" },
        { CURLE_COULDNT_CONNECT, "cannot connect" },
        { CURLE_OPERATION_TIMEDOUT, "no answer in time" },
        { CURLE_PEER_FAILED_VERIFICATION, "the certificate is not trusted" },
        { CURLE_USE_SSL_FAILED, "the server does not offer TLS" },
        { CURLE_SSL_CONNECT_ERROR, "TLS cannot be agreed on" },
        { CURLE_LOGIN_DENIED, "the server refuses user or password" },
        { CURLE_WEIRD_SERVER_REPLY, "the answer is none" },
        { CURLE_GOT_NOTHING, "the connection was closed without an answer" },
        { CURLE_URL_MALFORMAT, "this is no URL" },
        { CURLE_UNSUPPORTED_PROTOCOL, "this kind of URL is not used" },
    };
    const char *reason = "the connection broke";

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].code == code)
            reason = reasons[i].reason;
    curl_call_reason(sent, reason);
}

/* --- Requests --- */

static size_t curl_call_read(char *bytes, size_t one, size_t n, void *user)
{
    example_answer *answer = user;
    size_t room = answer->body_max - answer->body.len;

    example_add(&answer->body, bytes, one * n < room ? one * n : room);
    return one * n > room || answer->body.failed ? 0 : one * n; /* 0: it is dropped */
}

void example_curl_request(CURL *curl, const example_request *request, example_answer *answer)
{
    curl_off_t after = 0;
    long status = 0, asked = 0;

    answer->body_max = request->answer_max ? request->answer_max : (size_t)EXAMPLE_ANSWER_MAX;
    example_curl_begin(curl, "http,https", request->ca_file, request->timeout_ms);
    if (request->public_only)
        example_curl_public_only(curl);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->once ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "autocrm");
    if (request->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
    }
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, request->headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, curl_call_read);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    answer->code = example_curl_run(curl);
    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &asked);
    if (answer->code == CURLE_UNSUPPORTED_PROTOCOL && asked > 0)
        answer->code = CURLE_WEIRD_SERVER_REPLY; /* what was answered is no HTTP */
    /* An answer that is too long still has its status. */
    if (answer->code == CURLE_OK || answer->code == CURLE_WRITE_ERROR) {
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after);
    }
    answer->status = (int32_t)status;
    answer->retry_after = after > INT32_MAX ? INT32_MAX : after > 0 ? (int32_t)after : 0;
}

/* A webhook's endpoint is one that people tend: whatever it says but 410 (gone) may pass. */
static int32_t curl_call_outcome(int32_t status, int32_t channel)
{
    static const struct {
        int32_t status;
        int32_t message, webhook;
    } outcomes[] = {
        { 400, ACRM_SENT_REFUSED, ACRM_SENT_RETRY },
        { 404, ACRM_SENT_BAD_ADDRESS, ACRM_SENT_RETRY },
        { 410, ACRM_SENT_BAD_ADDRESS, ACRM_SENT_BAD_ADDRESS },
        { 413, ACRM_SENT_REFUSED, ACRM_SENT_RETRY },
        { 415, ACRM_SENT_REFUSED, ACRM_SENT_RETRY },
        { 422, ACRM_SENT_REFUSED, ACRM_SENT_RETRY },
    };

    if (status >= 200 && status < 300)
        return ACRM_SENT_ACCEPTED;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++)
        if (outcomes[i].status == status)
            return channel == ACRM_CHANNEL_WEBHOOK ? outcomes[i].webhook : outcomes[i].message;
    return ACRM_SENT_RETRY; /* the account (401, 403), the rate (429), the server (5xx) */
}

void example_curl_outcome(const example_answer *answer, int32_t channel, acrm_sent *sent)
{
    char reason[] = "answered with status 000";

    sent->code = answer->status;
    if (answer->status == 0) {
        sent->outcome = answer->code == CURLE_URL_MALFORMAT ||
                                answer->code == CURLE_UNSUPPORTED_PROTOCOL
                            ? ACRM_SENT_BAD_ADDRESS : ACRM_SENT_RETRY;
        example_curl_reason(sent, answer->code);
        return;
    }
    sent->outcome = curl_call_outcome(answer->status, channel);
    if (sent->outcome == ACRM_SENT_ACCEPTED)
        return;
    sent->retry_after = sent->outcome == ACRM_SENT_RETRY ? answer->retry_after : 0;
    for (size_t i = 0, unit = 100; i < 3; i++, unit /= 10)
        reason[sizeof reason - 4 + i] = (char)('0' + answer->status / (int32_t)unit % 10);
    curl_call_reason(sent, reason);
}
