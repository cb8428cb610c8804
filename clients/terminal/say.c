/* SPDX-License-Identifier: Apache-2.0 */
#include "terminal/say.h"

#include <assert.h>

#include "client/language.h"
#include "client/problem.h"
#include "terminal/settings.h"

static const struct {
	const char *ja, *en;
} lines[TERMINAL_LINES] = {
	[TERMINAL_REHEARSAL] = { "リハーサルです。発行される電子証明書は本物ではありません",
		"REHEARSAL: no certificate of this is real" },
	[TERMINAL_OPENED] = { "申請を受け付けました", "application opened" },
	[TERMINAL_CARRIED_ON] = { "申請を続けます", "carrying on application" },
	[TERMINAL_STATE] = { "申請の状態", "state" },
	[TERMINAL_NEXT] = { "次の手続き", "next" },
	[TERMINAL_MINUTES] = { "発行までの目安(分)", "minutes until issue" },
	[TERMINAL_WARNING] = { "発行の終了が近づいています。お急ぎください",
		"issuance is about to end, please hurry" },
	[TERMINAL_LEFT] = { "発行の終了まで(秒)", "seconds until issuance ends" },
	[TERMINAL_FEE] = { "手数料を領収しました(円)", "fee recorded, yen" },
	[TERMINAL_KEY_MADE] = { "鍵ペアを生成しました", "key pair made" },
	[TERMINAL_KEY_FOUND] = { "生成済みの鍵ペアを使います", "key pair found" },
	[TERMINAL_ISSUED] = { "電子証明書が発行されました", "certificate issued, serial" },
	[TERMINAL_NOT_AFTER] = { "有効期間の満了", "valid until" },
	[TERMINAL_WRITTEN] = { "書き込みました", "written" },
	[TERMINAL_DELIVERED] = { "交付を記録しました", "delivery recorded" },
	[TERMINAL_REVOKED] = { "失効済みです", "revoked" },
	[TERMINAL_WAITING] = { "応答がありません。もう一度送ります", "no answer, asking again" },
	[TERMINAL_BUSY] = { "混み合っています。もう一度送ります", "busy, asking again" },
	[TERMINAL_MAY_BE_OPEN] = { "応答が届きませんでした。申請は受け付けられている可能性があります。"
				   "都道府県の担当者にお問い合わせください",
		"the answer was lost and the application may be open; "
		"please ask the prefecture's operator" },
	[TERMINAL_PASSWORD_BAD_LINE] = { "パスワードは英大文字と数字の4文字以上16文字以内です [K1]",
		"the password is 4 to 16 upper-case letters and digits [K1]" },
	[TERMINAL_KEY_THERE_LINE] = { "鍵ファイルがすでにあります。一つの鍵は一つの申請にだけ使えます [K4]",
		"the key file is there already; a key is for one application only [K4]" },
	[TERMINAL_CERTIFICATE_FOREIGN] = { "届いた電子証明書は検査に合格せず、書き込みも交付もしません",
		"the certificate that came fails its checks and is neither written nor delivered" },
	[TERMINAL_BROKE_OFF] = { "手続きが中断しました。次の申請番号で続けられます (--application)",
		"the visit broke off; it can be carried on with --application" },
};

static void say(
	const struct client_call *call, FILE *out, enum terminal_line line, const char *value)
{
	const struct terminal_settings *settings = call->settings;
	assert(line < TERMINAL_LINES);
	(void)fputs(
		client_language_is_japanese(settings->language) ? lines[line].ja : lines[line].en,
		out);
	if (*value != '\0')
		(void)fputs(": ", out);
	client_problem_text(value, out);
	(void)fputc('\n', out);
	/* The clerk reads along; nothing waits in a buffer while a step takes its time. */
	(void)fflush(out);
}

void terminal_say(const struct client_call *call, enum terminal_line line, const char *value)
{
	say(call, call->out, line, value);
}

void terminal_say_aside(const struct client_call *call, enum terminal_line line, const char *value)
{
	say(call, call->err, line, value);
}
