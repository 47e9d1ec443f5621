/* Written by `python -m schemas.export`; change schemas/ and run it again. */

/** Household file. Absent: not asked; null: asked, no answer. */
export interface Household {
  address?: { village_id?: string | null; village_name?: string | null; group_no?: string | null; door?: string | null; lat_e7?: number | null; lng_e7?: number | null } | null // 现住址
  registered_address?: string | null // 户籍地
  directions?: string | null // 怎么走
  phone?: string | null // 联系电话
  emergency_contact?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 紧急联系人
  file_number?: string | null // 档号
  ledger_number?: string | null // 台账户编号
  opened_on?: string | null // 建档日期
  listed_on?: string | null // 认定日期
  file_state?: string | null // 在册状态
  case_source?: string | null // 来源
  responsible_worker?: string | null // 责任社工
  risk_level?: string | null // 风险等级
  risk_reason?: string | null // 风险理由
  difficulty_level?: string | null // 困难程度
  categories?: string[] | null // 家庭类别
  next_visit_on?: string | null // 约定下次走访
  last_contact_on?: string | null // 台账最近走访日期
  consent?: string | null // 知情同意
  consent_on?: string | null // 同意日期
  legal_basis?: string | null // 处理依据
  relative_of_official?: boolean | null // 干部近亲属
  household_size?: number | null // 家庭人口
  registered_type?: string | null // 户籍性质
  income_yearly_fen?: number | null // 家庭年收入
  income_sources?: string[] | null // 收入来源
  rigid_expense_yearly_fen?: number | null // 年刚性支出
  policies_enjoyed?: string[] | null // 享受政策
  benefit_monthly_fen?: number | null // 月补贴金额
  poverty_causes?: string[] | null // 致贫（困）原因
  housing_kind?: string | null // 住房类型
  housing_grade?: string | null // 房屋安全等级
  housing_area_m2?: number | null // 住房面积
  difficulties?: string | null // 主要困难及诉求
  strengths?: string | null // 优势与资源
  helper?: string | null // 帮扶人
  notes?: string | null // 备注
}

/** Members. Absent: not asked; null: asked, no answer. */
export interface HouseholdMembers {
  name?: string | null // 姓名
  former_names?: string | null // 曾用名、小名
  relation?: string | null // 与户主关系
  gender?: string | null // 性别
  born_on?: string | null // 出生日期
  age_told?: { years?: number | null; on?: string | null } | null // 台账所写年龄
  id_number?: string | null // 身份证号
  id_number_state?: string | null // 身份证号状态
  id_number_none_reason?: string | null // 没有身份证号的原因
  other_paper?: { kind?: string | null; number?: string | null } | null // 其他证件
  phone?: string | null // 电话
  categories?: string[] | null // 对象类别
  disability?: { kind?: string | null; grade?: string | null; certificate?: string | null; components?: string[] | null } | null // 残疾情况
  ethnic_group?: string | null // 民族
  education?: string | null // 文化程度
  marital_status?: string | null // 婚姻状况
  political_affiliation?: string | null // 政治面貌
  health_states?: string[] | null // 健康状况
  health_note?: string | null // 疾病与用药
  self_care?: string | null // 自理能力
  work_ability?: string | null // 劳动能力
  living_situation?: string | null // 居住状况
  occupation?: string | null // 职业
  whereabouts?: string | null // 去向
  whereabouts_place?: string | null // 务工或就读地点
  school_stage?: string | null // 就学情况
  school?: string | null // 学校班级
  policies_enjoyed?: string[] | null // 享受政策
  guardian?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 监护人
  caregiver?: { name?: string | null; relation?: string | null; phone?: string | null } | null // 照料人
  registered_type?: string | null // 户籍性质
  moved_out_on?: string | null // 迁出日期
  died_on?: string | null // 去世日期
  note?: string | null // 备注
}

/** Visits. Absent: not asked; null: asked, no answer. */
export interface HouseholdVisits {
  visited_on?: string | null // 走访日期
  started_time?: string | null // 开始时间
  ended_time?: string | null // 结束时间
  visitors?: string[] | null // 走访人
  companions?: string | null // 同行人
  visit_type?: string | null // 走访类型
  method?: string | null // 走访方式
  outcome?: string | null // 是否见到
  not_met_reason?: string | null // 未见原因
  met_members?: string[] | null // 见到的家人
  met_others?: string | null // 见到的其他人与关系
  place?: { lat_e7?: number | null; lng_e7?: number | null; accuracy_m?: number | null } | null // 定位
  member_changes?: string[] | null // 家庭成员变化
  member_changes_note?: string | null // 成员变化说明
  health_state?: string | null // 健康
  health_findings?: string[] | null // 健康：所见
  health_note?: string | null // 健康：说明
  economy_state?: string | null // 经济与政策待遇
  economy_findings?: string[] | null // 经济与政策待遇：所见
  economy_note?: string | null // 经济与政策待遇：说明
  support_state?: string | null // 赡养扶养与照料
  support_findings?: string[] | null // 赡养扶养与照料：所见
  support_note?: string | null // 赡养扶养与照料：说明
  safety_state?: string | null // 居住安全
  safety_findings?: string[] | null // 居住安全：所见
  safety_note?: string | null // 居住安全：说明
  environment_state?: string | null // 卫生与居住环境
  environment_findings?: string[] | null // 卫生与居住环境：所见
  environment_note?: string | null // 卫生与居住环境：说明
  child_state?: string | null // 儿童
  child_findings?: string[] | null // 儿童：所见
  child_note?: string | null // 儿童：说明
  needs?: string[] | null // 服务需求
  needs_note?: string | null // 需求说明
  policies_told?: string[] | null // 宣讲政策
  services_given?: string[] | null // 当场服务
  services_note?: string | null // 服务说明
  problems?: string | null // 发现问题
  urgency?: string | null // 紧急程度
  danger_signs?: string[] | null // 强制报告情形
  reported_to?: string[] | null // 已报告给
  report_note?: string | null // 报告时间与回执
  next_steps?: string | null // 下一步
  next_visit_on?: string | null // 下次走访日期
  said?: string | null // 对方陈述
  observation?: string | null // 社工观察
  photo_consent?: string | null // 拍照同意
  photos?: string[] | null // 照片
  signature_kind?: string | null // 确认方式
  signature?: string | null // 签名
  review_note?: string | null // 审核意见
}

/** Needs assessments. Absent: not asked; null: asked, no answer. */
export interface HouseholdAssessments {
  assessed_on?: string | null // 预估日期
  method?: string | null // 预估方式
  assessors?: string[] | null // 预估人
  informants?: string | null // 信息提供人与关系
  income_level?: number | null // 经济收入
  income_seen?: string | null // 经济收入：看到了什么
  income_wanted?: string | null // 经济收入：本人想要什么
  housing_level?: number | null // 住房与居家安全
  housing_seen?: string | null // 住房与居家安全：看到了什么
  housing_wanted?: string | null // 住房与居家安全：本人想要什么
  health_level?: number | null // 健康医疗
  health_seen?: string | null // 健康医疗：看到了什么
  health_wanted?: string | null // 健康医疗：本人想要什么
  care_level?: number | null // 照护与自理
  care_seen?: string | null // 照护与自理：看到了什么
  care_wanted?: string | null // 照护与自理：本人想要什么
  livelihood_level?: number | null // 就业与生计
  livelihood_seen?: string | null // 就业与生计：看到了什么
  livelihood_wanted?: string | null // 就业与生计：本人想要什么
  education_level?: number | null // 教育
  education_seen?: string | null // 教育：看到了什么
  education_wanted?: string | null // 教育：本人想要什么
  mood_level?: number | null // 情绪与心理
  mood_seen?: string | null // 情绪与心理：看到了什么
  mood_wanted?: string | null // 情绪与心理：本人想要什么
  family_level?: number | null // 家庭关系与监护
  family_seen?: string | null // 家庭关系与监护：看到了什么
  family_wanted?: string | null // 家庭关系与监护：本人想要什么
  social_support_level?: number | null // 社会支持与融入
  social_support_seen?: string | null // 社会支持与融入：看到了什么
  social_support_wanted?: string | null // 社会支持与融入：本人想要什么
  rights_level?: number | null // 权益与政策落实
  rights_seen?: string | null // 权益与政策落实：看到了什么
  rights_wanted?: string | null // 权益与政策落实：本人想要什么
  home_safety?: string[] | null // 居家安全隐患
  strengths?: string | null // 优势与资源
  instruments?: string[] | null // 所用量表
  difficulty_level?: string | null // 困难程度
  risk_level?: string | null // 风险等级
  risk_reason?: string | null // 风险理由
  conclusion?: string | null // 预估结论
  next_assessment_on?: string | null // 下次预估日期
  worker_note?: string | null // 社工备忘（不参与审批）
}

/** Instrument results. Absent: not asked; null: asked, no answer. */
export interface HouseholdInstrumentResults {
  instrument?: string | null // 量表
  instrument_version?: number | null // 量表版本
  member?: string | null // 测评对象
  done_on?: string | null // 测评日期
  answers?: Record<string, string | number | null> | null // 逐项答案
  score?: number | null // 得分
  band?: string | null // 结果
  source?: string | null // 作答方式
  informant?: string | null // 代答人与关系
  note?: string | null // 备注
}

/** Attachments. Absent: not asked; null: asked, no answer. */
export interface HouseholdAttachments {
  sha256?: string | null // 内容摘要
  media_type?: string | null // 格式
  bytes?: number | null // 大小
  kind?: string | null // 种类
  taken_at?: number | null // 拍摄时间
  member?: string | null // 关于谁
  caption?: string | null // 说明
}

/** Unlinked record. Absent: not asked; null: asked, no answer. */
export interface UnlinkedRecord {
  village_name?: string | null // 村
  person_name?: string | null // 姓名
  phone?: string | null // 电话
  note?: string | null // 记录
  values?: { visited_on?: string | null; started_time?: string | null; ended_time?: string | null; visitors?: string[] | null; companions?: string | null; visit_type?: string | null; method?: string | null; outcome?: string | null; not_met_reason?: string | null; met_members?: string[] | null; met_others?: string | null; place?: { lat_e7?: number | null; lng_e7?: number | null; accuracy_m?: number | null } | null; member_changes?: string[] | null; member_changes_note?: string | null; health_state?: string | null; health_findings?: string[] | null; health_note?: string | null; economy_state?: string | null; economy_findings?: string[] | null; economy_note?: string | null; support_state?: string | null; support_findings?: string[] | null; support_note?: string | null; safety_state?: string | null; safety_findings?: string[] | null; safety_note?: string | null; environment_state?: string | null; environment_findings?: string[] | null; environment_note?: string | null; child_state?: string | null; child_findings?: string[] | null; child_note?: string | null; needs?: string[] | null; needs_note?: string | null; policies_told?: string[] | null; services_given?: string[] | null; services_note?: string | null; problems?: string | null; urgency?: string | null; danger_signs?: string[] | null; reported_to?: string[] | null; report_note?: string | null; next_steps?: string | null; next_visit_on?: string | null; said?: string | null; observation?: string | null; photo_consent?: string | null; photos?: string[] | null; signature_kind?: string | null; signature?: string | null; review_note?: string | null } | null // 走访内容
  recorded_at?: number | null // 记录时间
  linked_to?: string | null // 已挂接到
  linked_element?: string | null // 挂接为走访
}

export type KindName = 'household' | 'unlinked_record'
export type CodeListName =
  | 'answer_source'
  | 'assessment_method'
  | 'attachment_kind'
  | 'case_source'
  | 'category_group'
  | 'client_category'
  | 'closure_kind'
  | 'consent_state'
  | 'credit_code_class'
  | 'difficulty_level'
  | 'disability_grade'
  | 'disability_kind'
  | 'division_level'
  | 'education'
  | 'ethnic_group'
  | 'evaluation_method'
  | 'file_state'
  | 'gender'
  | 'group_kind'
  | 'health_state'
  | 'home_safety'
  | 'housing_grade'
  | 'housing_kind'
  | 'id_number_none_reason'
  | 'id_number_state'
  | 'income_source'
  | 'legal_basis'
  | 'living_situation'
  | 'mandatory_report_situation'
  | 'marital_status'
  | 'member_change'
  | 'need_dimension'
  | 'need_level'
  | 'need_tier'
  | 'not_met_reason'
  | 'paper_kind'
  | 'photo_consent'
  | 'policy_enjoyed'
  | 'political_affiliation'
  | 'poverty_cause'
  | 'process_step'
  | 'registered_type'
  | 'relation'
  | 'reported_to'
  | 'resource_kind'
  | 'risk_level'
  | 'school_stage'
  | 'section_status'
  | 'self_care_level'
  | 'service_domain'
  | 'service_function'
  | 'service_need'
  | 'signature_kind'
  | 'supervision_way'
  | 'topic_state'
  | 'town_kind'
  | 'urban_rural_class'
  | 'urgency'
  | 'village_kind'
  | 'visit_finding'
  | 'visit_method'
  | 'visit_outcome'
  | 'visit_type'
  | 'whereabouts'
  | 'work_ability'
  | 'work_method'
