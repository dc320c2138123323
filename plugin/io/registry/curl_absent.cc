// What a libcurl.a of Debian's wants from libraries that serve no protocol of
// ours: GSSAPI, LDAP, RTMP, SSH, public suffixes, international host names. It
// stands in for them, so that they are not loaded; plugin/build/curl.cmake
// links it with libcurl.a alone.
//
// Nothing here is reached: each group says what keeps it from that, all of it
// in http_exchange.cc. Should it be reached all the same, the process ends,
// which refuses. Only what libcurl calls at start or for a host name has a
// body.
#include <cstdlib>

// C++ does not mind that the true parameters are others: C names have no types.
#define ASSAY_ABSENT(name) \
  void name() { std::abort(); }

extern "C" {

// libcurl starts and stops every library it was built with.
int libssh2_init(int /*flags*/) { return 0; }
void libssh2_exit() {}

// A host name that is not ASCII is no host name: Url refuses it, and a proxy's
// address that has one fails here.
const char* idn2_check_version(const char* /*wanted*/) { return "0"; }
int idn2_lookup_ul(const char* /*name*/, char** /*ascii*/, int /*flags*/) {
  return -1;
}
int idn2_to_unicode_8z8z(const char* /*name*/, char** /*text*/, int /*flags*/) {
  return -1;
}
void idn2_free(void* /*text*/) {}

// GSSAPI: offered to no server; CURLOPT_SOCKS5_AUTH allows passwords alone.
const void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;
ASSAY_ABSENT(gss_delete_sec_context)
ASSAY_ABSENT(gss_display_name)
ASSAY_ABSENT(gss_display_status)
ASSAY_ABSENT(gss_import_name)
ASSAY_ABSENT(gss_init_sec_context)
ASSAY_ABSENT(gss_inquire_context)
ASSAY_ABSENT(gss_release_buffer)
ASSAY_ABSENT(gss_release_name)
ASSAY_ABSENT(gss_unwrap)
ASSAY_ABSENT(gss_wrap)

// Public suffixes: asked for cookies, and no handle keeps any.
ASSAY_ABSENT(psl_builtin)
ASSAY_ABSENT(psl_check_version_number)
ASSAY_ABSENT(psl_free)
ASSAY_ABSENT(psl_get_version)
ASSAY_ABSENT(psl_is_cookie_domain_acceptable)
ASSAY_ABSENT(psl_latest)

// Protocols beside http and https: CURLOPT_PROTOCOLS_STR names those two.
ASSAY_ABSENT(RTMP_Alloc)
ASSAY_ABSENT(RTMP_Close)
ASSAY_ABSENT(RTMP_Connect1)
ASSAY_ABSENT(RTMP_ConnectStream)
ASSAY_ABSENT(RTMP_Free)
ASSAY_ABSENT(RTMP_Init)
ASSAY_ABSENT(RTMP_Read)
ASSAY_ABSENT(RTMP_SetBufferMS)
ASSAY_ABSENT(RTMP_SetupURL)
ASSAY_ABSENT(RTMP_Write)
ASSAY_ABSENT(ber_bvfree)
ASSAY_ABSENT(ber_free)
ASSAY_ABSENT(ber_memfree)
ASSAY_ABSENT(ber_memvfree)
ASSAY_ABSENT(ber_sockbuf_add_io)
ASSAY_ABSENT(ldap_abandon_ext)
ASSAY_ABSENT(ldap_err2string)
ASSAY_ABSENT(ldap_free_urldesc)
ASSAY_ABSENT(ldap_get_attribute_ber)
ASSAY_ABSENT(ldap_get_dn_ber)
ASSAY_ABSENT(ldap_get_option)
ASSAY_ABSENT(ldap_init_fd)
ASSAY_ABSENT(ldap_memfree)
ASSAY_ABSENT(ldap_msgfree)
ASSAY_ABSENT(ldap_msgtype)
ASSAY_ABSENT(ldap_parse_result)
ASSAY_ABSENT(ldap_parse_sasl_bind_result)
ASSAY_ABSENT(ldap_pvt_url_scheme2proto)
ASSAY_ABSENT(ldap_result)
ASSAY_ABSENT(ldap_sasl_bind)
ASSAY_ABSENT(ldap_search_ext)
ASSAY_ABSENT(ldap_set_option)
ASSAY_ABSENT(ldap_start_tls)
ASSAY_ABSENT(ldap_unbind_ext)
ASSAY_ABSENT(ldap_url_parse)
ASSAY_ABSENT(libssh2_agent_connect)
ASSAY_ABSENT(libssh2_agent_disconnect)
ASSAY_ABSENT(libssh2_agent_free)
ASSAY_ABSENT(libssh2_agent_get_identity)
ASSAY_ABSENT(libssh2_agent_init)
ASSAY_ABSENT(libssh2_agent_list_identities)
ASSAY_ABSENT(libssh2_agent_userauth)
ASSAY_ABSENT(libssh2_channel_free)
ASSAY_ABSENT(libssh2_channel_read_ex)
ASSAY_ABSENT(libssh2_channel_send_eof)
ASSAY_ABSENT(libssh2_channel_wait_closed)
ASSAY_ABSENT(libssh2_channel_wait_eof)
ASSAY_ABSENT(libssh2_channel_write_ex)
ASSAY_ABSENT(libssh2_crypto_engine)
ASSAY_ABSENT(libssh2_hostkey_hash)
ASSAY_ABSENT(libssh2_knownhost_add)
ASSAY_ABSENT(libssh2_knownhost_checkp)
ASSAY_ABSENT(libssh2_knownhost_del)
ASSAY_ABSENT(libssh2_knownhost_free)
ASSAY_ABSENT(libssh2_knownhost_get)
ASSAY_ABSENT(libssh2_knownhost_init)
ASSAY_ABSENT(libssh2_knownhost_readfile)
ASSAY_ABSENT(libssh2_knownhost_writefile)
ASSAY_ABSENT(libssh2_scp_recv2)
ASSAY_ABSENT(libssh2_scp_send64)
ASSAY_ABSENT(libssh2_session_abstract)
ASSAY_ABSENT(libssh2_session_block_directions)
ASSAY_ABSENT(libssh2_session_callback_set)
ASSAY_ABSENT(libssh2_session_callback_set2)
ASSAY_ABSENT(libssh2_session_disconnect_ex)
ASSAY_ABSENT(libssh2_session_flag)
ASSAY_ABSENT(libssh2_session_free)
ASSAY_ABSENT(libssh2_session_handshake)
ASSAY_ABSENT(libssh2_session_hostkey)
ASSAY_ABSENT(libssh2_session_init_ex)
ASSAY_ABSENT(libssh2_session_last_errno)
ASSAY_ABSENT(libssh2_session_last_error)
ASSAY_ABSENT(libssh2_session_method_pref)
ASSAY_ABSENT(libssh2_session_set_blocking)
ASSAY_ABSENT(libssh2_session_set_read_timeout)
ASSAY_ABSENT(libssh2_sftp_close_handle)
ASSAY_ABSENT(libssh2_sftp_init)
ASSAY_ABSENT(libssh2_sftp_last_error)
ASSAY_ABSENT(libssh2_sftp_mkdir_ex)
ASSAY_ABSENT(libssh2_sftp_open_ex)
ASSAY_ABSENT(libssh2_sftp_read)
ASSAY_ABSENT(libssh2_sftp_readdir_ex)
ASSAY_ABSENT(libssh2_sftp_rename_ex)
ASSAY_ABSENT(libssh2_sftp_rmdir_ex)
ASSAY_ABSENT(libssh2_sftp_seek64)
ASSAY_ABSENT(libssh2_sftp_shutdown)
ASSAY_ABSENT(libssh2_sftp_stat_ex)
ASSAY_ABSENT(libssh2_sftp_statvfs)
ASSAY_ABSENT(libssh2_sftp_symlink_ex)
ASSAY_ABSENT(libssh2_sftp_unlink_ex)
ASSAY_ABSENT(libssh2_sftp_write)
ASSAY_ABSENT(libssh2_userauth_authenticated)
ASSAY_ABSENT(libssh2_userauth_keyboard_interactive_ex)
ASSAY_ABSENT(libssh2_userauth_list)
ASSAY_ABSENT(libssh2_userauth_password_ex)
ASSAY_ABSENT(libssh2_userauth_publickey_fromfile_ex)
ASSAY_ABSENT(libssh2_version)

}  // extern "C"
